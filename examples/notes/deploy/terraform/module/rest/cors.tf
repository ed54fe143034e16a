# Only with var.origin: OPTIONS is answered by the gateway, and what the gateway
# refuses can be read by the page. The function sets the header on its own answers
# (NOTES_ORIGIN). A mock always answers the same, so there is one origin.
locals {
  preflights = var.origin == null ? toset([]) : local.paths
  allow = {
    "Access-Control-Allow-Origin"  = var.origin
    "Access-Control-Allow-Methods" = "GET,HEAD,POST"
    "Access-Control-Allow-Headers" = "authorization,content-type,idempotency-key,x-api-key"
    "Access-Control-Max-Age"       = "600"
  }
}

resource "aws_api_gateway_method" "preflight" {
  for_each      = local.preflights
  rest_api_id   = aws_api_gateway_rest_api.this.id
  resource_id   = local.ids[each.key]
  http_method   = "OPTIONS"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "preflight" {
  for_each          = local.preflights
  rest_api_id       = aws_api_gateway_rest_api.this.id
  resource_id       = local.ids[each.key]
  http_method       = aws_api_gateway_method.preflight[each.key].http_method
  type              = "MOCK"
  request_templates = { "application/json" = jsonencode({ statusCode = 200 }) }
}

resource "aws_api_gateway_method_response" "preflight" {
  for_each            = local.preflights
  rest_api_id         = aws_api_gateway_rest_api.this.id
  resource_id         = local.ids[each.key]
  http_method         = aws_api_gateway_method.preflight[each.key].http_method
  status_code         = "200"
  response_parameters = { for name in keys(local.allow) : "method.response.header.${name}" => true }
}

resource "aws_api_gateway_integration_response" "preflight" {
  for_each            = local.preflights
  rest_api_id         = aws_api_gateway_rest_api.this.id
  resource_id         = local.ids[each.key]
  http_method         = aws_api_gateway_integration.preflight[each.key].http_method
  status_code         = aws_api_gateway_method_response.preflight[each.key].status_code
  response_parameters = { for name, value in local.allow : "method.response.header.${name}" => "'${value}'" }
}

# UNAUTHORIZED is the authorizer's 401, ACCESS_DENIED its 403.
resource "aws_api_gateway_gateway_response" "readable" {
  for_each            = var.origin == null ? toset([]) : toset(["UNAUTHORIZED", "ACCESS_DENIED", "DEFAULT_4XX", "DEFAULT_5XX"])
  rest_api_id         = aws_api_gateway_rest_api.this.id
  response_type       = each.key
  status_code         = lookup({ UNAUTHORIZED = "401", ACCESS_DENIED = "403" }, each.key, null)
  response_templates  = { "application/json" = "{\"message\":$context.error.messageString}" }
  response_parameters = { "gatewayresponse.header.Access-Control-Allow-Origin" = "'${var.origin}'" }
}
