# The gateway's half of the policy: one resource for each route that the plan
# made of the code, so that a reviewer sees what the gateway will ask for.
locals {
  plan   = jsondecode(file(var.routes_file))
  routes = { for r in local.plan.routes : r.key => r if var.rest == null }

  authorizers = merge(
    { default = { issuer = local.issuer, audiences = [aws_cognito_user_pool_client.web.id, aws_cognito_user_pool_client.machine.id] } },
    var.authorizers,
  )

  # var.rest chooses between the HTTP API of this file and the REST API of rest/.
  http          = var.rest == null ? 1 : 0
  api_id        = var.rest == null ? aws_apigatewayv2_api.this[0].id : module.rest[0].id
  execution_arn = var.rest == null ? aws_apigatewayv2_api.this[0].execution_arn : module.rest[0].execution_arn
  endpoint      = var.rest == null ? aws_apigatewayv2_api.this[0].api_endpoint : module.rest[0].url
  stage         = var.rest == null ? aws_apigatewayv2_stage.default[0].id : module.rest[0].stage
}

module "rest" {
  count            = 1 - local.http
  source           = "./rest"
  name             = var.name
  stage            = var.rest.stage
  routes_file      = var.routes_file
  invoke_arn       = local.alias.invoke_arn
  user_pool_arn    = aws_cognito_user_pool.this.arn
  origin           = var.rest.origin
  api_keys         = var.rest.api_keys
  daily_quota      = var.rest.daily_quota
  throttle         = var.throttle
  route_throttles  = var.route_throttles
  web_acl          = var.rest.web_acl
  vpc_endpoints    = var.rest.vpc_endpoints
  default_endpoint = var.domain == null
  log_group_arn    = aws_cloudwatch_log_group.access.arn
  log_format       = local.log_format
}

resource "aws_apigatewayv2_api" "this" {
  count                        = local.http
  name                         = var.name
  protocol_type                = "HTTP"
  disable_execute_api_endpoint = var.domain != null
  dynamic "cors_configuration" {
    for_each = length(var.allow_origins) == 0 ? [] : [1]
    content {
      allow_origins = var.allow_origins
      allow_methods = ["GET", "POST"]
      allow_headers = ["authorization", "content-type", "idempotency-key"]
      max_age       = 600
    }
  }
}

resource "aws_apigatewayv2_authorizer" "jwt" {
  for_each         = { for name, a in local.authorizers : name => a if var.rest == null }
  api_id           = aws_apigatewayv2_api.this[0].id
  name             = each.key
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]
  jwt_configuration {
    issuer   = each.value.issuer
    audience = each.value.audiences
  }
}

resource "aws_apigatewayv2_integration" "function" {
  count                  = local.http
  api_id                 = aws_apigatewayv2_api.this[0].id
  integration_type       = "AWS_PROXY"
  integration_uri        = local.alias.invoke_arn
  payload_format_version = "2.0"
  timeout_milliseconds   = 30000
}

resource "aws_apigatewayv2_route" "this" {
  for_each             = local.routes
  api_id               = aws_apigatewayv2_api.this[0].id
  route_key            = each.key
  target               = "integrations/${aws_apigatewayv2_integration.function[0].id}"
  authorization_type   = each.value.auth
  authorizer_id        = each.value.auth == "JWT" ? aws_apigatewayv2_authorizer.jwt[try(each.value.authorizer, "default")].id : null
  authorization_scopes = try(each.value.scopes, null)
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/aws/apigateway/${var.name}"
  retention_in_days = var.log_retention
}

# Neither the path nor the query is logged: they hold what callers write.
locals {
  log_format = jsonencode({
    requestId        = "$context.requestId"
    requestTime      = "$context.requestTime"
    routeKey         = "$context.routeKey"
    status           = "$context.status"
    authorizerError  = "$context.authorizer.error"
    integrationError = "$context.integrationErrorMessage"
    latency          = "$context.responseLatency"
    functionLatency  = "$context.integrationLatency"
  })
}

resource "aws_apigatewayv2_stage" "default" {
  count       = local.http
  api_id      = aws_apigatewayv2_api.this[0].id
  name        = "$default"
  auto_deploy = true
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format          = local.log_format
  }
  default_route_settings {
    throttling_rate_limit  = var.throttle.rate
    throttling_burst_limit = var.throttle.burst
  }
  dynamic "route_settings" {
    for_each = { for key, limit in var.route_throttles : key => limit if contains(keys(local.routes), key) }
    content {
      route_key              = route_settings.key
      throttling_rate_limit  = route_settings.value.rate
      throttling_burst_limit = route_settings.value.burst
    }
  }
  depends_on = [aws_apigatewayv2_route.this]
}
