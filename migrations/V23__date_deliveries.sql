-- What was sent, or given up, is deleted after a while: when a webhook was made says when. Those from before count
-- from now.
ALTER TABLE gateway_deliveries ADD COLUMN created_at timestamptz NOT NULL DEFAULT now();
