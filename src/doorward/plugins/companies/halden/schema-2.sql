-- The second version: what a customer does with the bank, and what the bank can do for them.
ALTER TABLE customer ADD COLUMN access TEXT NOT NULL DEFAULT 'open';
ALTER TABLE account ADD COLUMN state TEXT NOT NULL DEFAULT 'open';
ALTER TABLE card ADD COLUMN kind TEXT NOT NULL DEFAULT 'debit';
ALTER TABLE card ADD COLUMN daily_limit_cents INTEGER NOT NULL DEFAULT 100000;
ALTER TABLE bill ADD COLUMN previous_cents INTEGER;
CREATE TABLE bill_line (
    bill TEXT NOT NULL REFERENCES bill,
    place INTEGER NOT NULL,
    text TEXT NOT NULL,
    cents INTEGER NOT NULL,
    PRIMARY KEY (bill, place)
);
CREATE TABLE payment (
    reference TEXT PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES customer,
    card TEXT NOT NULL REFERENCES card,
    merchant TEXT NOT NULL,
    amount_cents INTEGER NOT NULL,
    day TEXT NOT NULL,
    state TEXT NOT NULL,
    decline_reason TEXT NOT NULL
);
CREATE TABLE transfer (
    reference TEXT PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES customer,
    payee TEXT NOT NULL,
    amount_cents INTEGER NOT NULL,
    day TEXT NOT NULL,
    state TEXT NOT NULL
);
CREATE TABLE top_up (
    reference TEXT PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES customer,
    amount_cents INTEGER NOT NULL,
    day TEXT NOT NULL,
    state TEXT NOT NULL
);
CREATE TABLE refund (
    reference TEXT PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES customer,
    merchant TEXT NOT NULL,
    amount_cents INTEGER NOT NULL,
    day TEXT NOT NULL,
    state TEXT NOT NULL
);
CREATE TABLE plan (
    bill TEXT PRIMARY KEY REFERENCES bill,
    customer TEXT NOT NULL REFERENCES customer,
    instalments INTEGER NOT NULL,
    state TEXT NOT NULL
);
-- A complaint may come from nobody known: it has no customer.
CREATE TABLE support_case (
    number INTEGER PRIMARY KEY,
    customer TEXT REFERENCES customer,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    state TEXT NOT NULL
);
CREATE TABLE data_request (
    number INTEGER PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES customer,
    kind TEXT NOT NULL,
    day TEXT NOT NULL
);
CREATE TABLE call_back (
    number INTEGER PRIMARY KEY,
    customer TEXT NOT NULL REFERENCES customer,
    state TEXT NOT NULL
);
-- What was done under a key, with a digest of what was asked: the same key tells it again and does nothing.
CREATE TABLE carried_out (
    idempotency_key TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    done TEXT NOT NULL
);
CREATE INDEX payment_customer ON payment (customer);
CREATE INDEX transfer_customer ON transfer (customer);
CREATE INDEX top_up_customer ON top_up (customer);
CREATE INDEX refund_customer ON refund (customer);
CREATE INDEX plan_customer ON plan (customer);
CREATE INDEX support_case_customer ON support_case (customer);
CREATE INDEX data_request_customer ON data_request (customer);
CREATE INDEX call_back_customer ON call_back (customer)
