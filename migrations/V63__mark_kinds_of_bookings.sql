-- How a booking came about. 'sale': a buyer's own. 'complimentary': an organiser gives it to a guest. 'box_office': an
-- organiser sells it at the counter. 'withheld': a block of tickets that an organiser keeps off sale; it holds them as
-- any booking does, so no allocation, release or count knows a second way to hold a ticket. A server of the version
-- before counts a withheld ticket as sold and lets it in, so withhold nothing before all are new.
ALTER TABLE bookings
    ADD COLUMN kind text NOT NULL DEFAULT 'sale',
    -- Why an organiser withholds tickets or gives them away.
    ADD COLUMN reason text;
-- Validated by V66. Whatever is not a sale is confirmed at once; what an organiser keeps or gives away costs nothing.
ALTER TABLE bookings
    ADD CONSTRAINT bookings_kind_check CHECK (
        CASE kind WHEN 'sale' THEN true
                  WHEN 'box_office' THEN status IN ('confirmed', 'cancelled')
                  WHEN 'complimentary' THEN status IN ('confirmed', 'cancelled') AND total_minor = 0
                  WHEN 'withheld' THEN status IN ('confirmed', 'cancelled') AND total_minor = 0
                  ELSE false END
    ) NOT VALID,
    ADD CONSTRAINT bookings_reason_check CHECK (reason IS NULL OR (length(reason) BETWEEN 1 AND 200 AND kind <> 'sale')) NOT VALID;

-- What of an event's sales was not paid by card through the gateway, added up as in sales_quarters, which has all of it.
CREATE TABLE sales_ways (
    event_id          bigint NOT NULL,
    tier_no           smallint NOT NULL,
    -- The beginning of the quarter of an hour.
    at                timestamptz NOT NULL,
    -- 'cash' or 'terminal' at the box office; 'complimentary'.
    way               text NOT NULL,
    tickets           bigint NOT NULL,
    minor             bigint NOT NULL,
    cancelled_tickets bigint NOT NULL,
    cancelled_minor   bigint NOT NULL,
    CONSTRAINT sales_ways_pkey PRIMARY KEY (event_id, tier_no, at, way),
    CONSTRAINT sales_ways_way_check CHECK (way IN ('cash', 'terminal', 'complimentary'))
);
