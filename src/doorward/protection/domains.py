"""Top-level domains, as far as people meet them in messages. A table of facts: no name is ever looked up."""

from typing import Final


def names(table: str) -> frozenset[str]:
    """Return the names of a table written as one text."""
    return frozenset(table.split())


COUNTRY_DOMAINS: Final = names(
    "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc "
    "cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga "
    "gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp "
    "ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms "
    "mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro "
    "rs ru rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt "
    "tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw"
)
"""Country-code domains: ISO 3166-1 alpha-2 as delegated, with ac, eu, su and uk."""

GENERIC_DOMAINS: Final = names(
    "com net org edu gov mil int info biz name pro aero coop museum jobs mobi travel cat tel asia post app dev shop "
    "store online site website web page blog cloud tech digital email live news media agency group company bank "
    "finance money credit insurance health care support help center services solutions software systems network host "
    "hosting space world global international xyz top club vip win bid loan click link zip mov icu buzz fun life "
    "today work works team tools studio design art video photo photos pics social chat community berlin hamburg koeln "
    "wien istanbul moscow london paris nyc tokyo africa example test invalid localhost local onion рф рус москва "
    "онлаин саит"
)
"""Other domains that people meet, in normal form, with the reserved ones of RFC 2606."""

AMBIGUOUS_DOMAINS: Final = names(
    # Words somewhere, so that `arrived.is` may be a missing space ...
    "ad ae ag ai al am an ar as at au ax ba be bi by ca cd ch cv da do dr er es et fi ga ge ha he hm im in io ir is "
    "it ki km la li lo lu ma me mi mo mr ms mt mu my na ne ni no nu om pa pe pm re sa se si so st ta to tv un us va "
    "ve vi ye za bank blog care cat center chat click club company credit email finance fun global group health help "
    "host int international jobs life link live loan local mobi money name network news page photo photos post pro "
    "services site social software solutions space store studio support systems team tel test today tools top travel "
    "video vip web website win work works world art asia bid cloud community design digital media museum tech "
    "insurance "
    # ... and endings of file names.
    "cc md pl ps py rs sh zip mov onion local localhost"
)
"""Domains that make a host name only together with another sign of one, such as `www.` or a path."""

SECOND_LEVELS: Final = names("ac co com edu gen gov go k12 mil net or org sch web")
"""What stands before a country's domain where names are given one level down: `com.tr`, `co.id`, `org.uk`."""

SHORTENERS: Final = names(
    "bit.ly t.co tinyurl.com goo.gl is.gd v.gd ow.ly cutt.ly rb.gy shorturl.at t.ly lnkd.in buff.ly u.to goo.su "
    "kutt.it s.id clck.ru vk.cc bit.do adf.ly tiny.cc rebrand.ly soo.gd shorte.st bl.ink t2m.io qps.ru surl.li "
    "urlz.fr tiny.one short.gy trib.al dlvr.it"
)
"""Hosts that hide where a link leads, for anybody's links."""
