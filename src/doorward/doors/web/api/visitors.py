"""What a visitor may see of their own: an example of an action that wants proof of who asks."""

import msgspec
from litestar import Response, get
from litestar.enums import MediaType

from doorward.admission.parsing import bearer
from doorward.doors.web.api.common import problems
from doorward.doors.web.door import AnyRequest, AtDoor, address_of
from doorward.vocabulary.channel import ChannelRequest, EntriesRequest
from doorward.vocabulary.company import CoreOrder


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """The visitor's own orders, newest first."""

    items: tuple[CoreOrder, ...]


@get(
    "/api/v1/visitor/orders",
    responses=problems(404),
    security=[{"visitor": []}],
    operation_id="list_visitor_orders",
    tags=["visitor"],
    opt={"channel": "visitor"},
)
async def list_visitor_orders(request: AnyRequest, door: AtDoor) -> Response[Orders]:
    """List the visitor's own orders; refused with `needs` until they have proven who they are."""
    door.house.admission.admit_request(address_of(request))
    headers = {"authorization": request.headers.get("authorization", "")}
    credential = bearer(ChannelRequest(method="GET", path="/orders", headers=headers))
    orders = await door.house.contact.orders(EntriesRequest(credential=credential))
    return Response(Orders(items=tuple(orders)), media_type=MediaType.JSON)
