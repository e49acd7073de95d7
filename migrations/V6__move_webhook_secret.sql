-- One table of keys is enough: what webhooks are signed with joins the others.
INSERT INTO secrets (name, value) SELECT 'webhooks', secret FROM gateway_secrets;
DROP TABLE gateway_secrets;
