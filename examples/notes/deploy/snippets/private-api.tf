# A private API, which is a REST API. Its policy, which the module makes, denies what
# comes by any other endpoint: the API is one of a service that all VPCs can reach.
#
# Pins: the module sets NOTES_ISSUER and NOTES_API, as for a public API. Host is the
# API's own name, whichever of the endpoint's names the client asked for (unconfirmed).
resource "aws_security_group" "clients" {
  name   = "notes-private"
  vpc_id = var.vpc.id
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  security_group_id = aws_security_group.clients.id
  cidr_ipv4         = var.vpc.cidr
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_endpoint" "api" {
  vpc_id              = var.vpc.id
  service_name        = "com.amazonaws.${data.aws_region.this.name}.execute-api"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = var.vpc.subnets
  security_group_ids  = [aws_security_group.clients.id]
  private_dns_enabled = true
}

module "notes" {
  source      = "../terraform/module"
  name        = "notes-private"
  zip         = var.zip
  routes_file = "${path.module}/../rest/routes.json"
  rest        = { vpc_endpoints = [aws_vpc_endpoint.api.id] }
}
