-- Halden's core system. Money is in cents of a euro, days are ISO dates.
CREATE TABLE customer (
    reference TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    phone TEXT NOT NULL,
    language TEXT NOT NULL,
    address TEXT NOT NULL,
    born TEXT NOT NULL
);
CREATE TABLE account (
    iban TEXT PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES customer,
    kind TEXT NOT NULL,
    balance_cents INTEGER NOT NULL
);
CREATE TABLE card (
    number TEXT PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES customer,
    iban TEXT NOT NULL REFERENCES account,
    expires TEXT NOT NULL,
    status TEXT NOT NULL
);
CREATE TABLE bill (
    reference TEXT PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES customer,
    issuer TEXT NOT NULL,
    amount_cents INTEGER NOT NULL,
    due TEXT NOT NULL,
    state TEXT NOT NULL
);
CREATE TABLE device (
    serial TEXT PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES customer,
    merchant TEXT NOT NULL,
    model TEXT NOT NULL,
    paper INTEGER NOT NULL
);
CREATE TABLE placed_order (
    number INTEGER PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES customer,
    item TEXT NOT NULL,
    state TEXT NOT NULL,
    placed TEXT NOT NULL,
    detail TEXT NOT NULL,
    device TEXT REFERENCES device,
    idempotency_key TEXT,
    UNIQUE (customer, idempotency_key)
);
CREATE INDEX account_customer ON account (customer);
CREATE INDEX card_customer ON card (customer);
CREATE INDEX bill_customer ON bill (customer);
CREATE INDEX device_customer ON device (customer);
