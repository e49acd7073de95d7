-- Buyers prove who they are by a token now; what bookings know of them is buyer_id.
ALTER TABLE bookings RENAME COLUMN user_id TO buyer_id;
ALTER INDEX bookings_by_user RENAME TO bookings_by_buyer;

