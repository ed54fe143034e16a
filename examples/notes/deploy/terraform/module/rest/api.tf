# A REST API with one method for each route that the plan made of the code, so that
# a reviewer sees the scopes that the gateway will ask for.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

locals {
  routes = {
    for r in jsondecode(file(var.routes_file)).routes : r.key => merge(r, { method = split(" ", r.key)[0], path = split(" ", r.key)[1] })
  }
  # The resources are the paths and all that lie above them; / is there already.
  paths = toset([for r in local.routes : r.path])
  parts = { for p in local.paths : p => split("/", p) if p != "/" }
  nodes = toset(flatten([for p, s in local.parts : [for n in range(2, length(s) + 1) : join("/", slice(s, 0, n))]]))
  level = { for p in local.nodes : p => length(split("/", p)) - 1 }

  ids     = merge({ "/" = aws_api_gateway_rest_api.this.root_resource_id }, local.deep)
  deep    = { for p, r in merge(aws_api_gateway_resource.first, aws_api_gateway_resource.second, aws_api_gateway_resource.third) : p => r.id }
  private = length(var.vpc_endpoints) > 0
}

resource "aws_api_gateway_rest_api" "this" {
  name                         = var.name
  disable_execute_api_endpoint = !var.default_endpoint
  endpoint_configuration {
    types            = [local.private ? "PRIVATE" : "REGIONAL"]
    vpc_endpoint_ids = local.private ? var.vpc_endpoints : null
  }
  lifecycle {
    precondition {
      condition     = max(0, values(local.level)...) <= 3
      error_message = "routes_file: a path has more than three segments; add a level of aws_api_gateway_resource."
    }
  }
}

# A private API answers nobody without a policy, and whatever VPC without the
# second statement.
resource "aws_api_gateway_rest_api_policy" "private" {
  count       = local.private ? 1 : 0
  rest_api_id = aws_api_gateway_rest_api.this.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = "*", Action = "execute-api:Invoke", Resource = "execute-api:/*" },
      {
        Effect    = "Deny"
        Principal = "*"
        Action    = "execute-api:Invoke"
        Resource  = "execute-api:/*"
        Condition = { StringNotEquals = { "aws:SourceVpce" = var.vpc_endpoints } }
      },
    ]
  })
}

resource "aws_api_gateway_authorizer" "pool" {
  rest_api_id   = aws_api_gateway_rest_api.this.id
  name          = "pool"
  type          = "COGNITO_USER_POOLS"
  provider_arns = [var.user_pool_arn]
}

resource "aws_api_gateway_resource" "first" {
  for_each    = toset([for p, n in local.level : p if n == 1])
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = basename(each.key)
}

resource "aws_api_gateway_resource" "second" {
  for_each    = toset([for p, n in local.level : p if n == 2])
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.first[dirname(each.key)].id
  path_part   = basename(each.key)
}

resource "aws_api_gateway_resource" "third" {
  for_each    = toset([for p, n in local.level : p if n == 3])
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.second[dirname(each.key)].id
  path_part   = basename(each.key)
}

# Without authorization_scopes, a Cognito authorizer takes ID tokens and no access
# token.
resource "aws_api_gateway_method" "this" {
  for_each             = local.routes
  rest_api_id          = aws_api_gateway_rest_api.this.id
  resource_id          = local.ids[each.value.path]
  http_method          = each.value.method
  authorization        = each.value.auth
  authorizer_id        = each.value.auth == "NONE" ? null : aws_api_gateway_authorizer.pool.id
  authorization_scopes = try(each.value.scopes, null)
  api_key_required     = length(var.api_keys) > 0
}

resource "aws_api_gateway_integration" "function" {
  for_each                = local.routes
  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = local.ids[each.value.path]
  http_method             = aws_api_gateway_method.this[each.key].http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = var.invoke_arn
  timeout_milliseconds    = 29000
}

# What is configured reaches callers by a deployment only: there is a new one when
# any of it changes.
resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  triggers = {
    configuration = sha1(jsonencode([
      aws_api_gateway_rest_api.this.endpoint_configuration, aws_api_gateway_rest_api_policy.private,
      aws_api_gateway_authorizer.pool, aws_api_gateway_method.this, aws_api_gateway_integration.function,
      aws_api_gateway_method.preflight, aws_api_gateway_integration.preflight,
      aws_api_gateway_integration_response.preflight, aws_api_gateway_gateway_response.readable,
    ]))
  }
  lifecycle {
    create_before_destroy = true
  }
}

# Access logs need the account's role for CloudWatch (aws_api_gateway_account), of
# which there is one in each region: it belongs to no environment.
resource "aws_api_gateway_stage" "this" {
  rest_api_id   = aws_api_gateway_rest_api.this.id
  deployment_id = aws_api_gateway_deployment.this.id
  stage_name    = var.stage
  access_log_settings {
    destination_arn = var.log_group_arn
    format          = var.log_format
  }
}

resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"
  settings {
    throttling_rate_limit  = var.throttle.rate
    throttling_burst_limit = var.throttle.burst
  }
}

resource "aws_api_gateway_method_settings" "route" {
  for_each    = { for key, limit in var.route_throttles : key => limit if contains(keys(local.routes), key) }
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "${trimprefix(local.routes[each.key].path, "/")}/${local.routes[each.key].method}"
  settings {
    throttling_rate_limit  = each.value.rate
    throttling_burst_limit = each.value.burst
  }
  depends_on = [aws_api_gateway_method_settings.all]
}

resource "aws_wafv2_web_acl_association" "this" {
  count        = var.web_acl == null ? 0 : 1
  resource_arn = aws_api_gateway_stage.this.arn
  web_acl_arn  = var.web_acl
}

output "id" {
  value = aws_api_gateway_rest_api.this.id
}

output "execution_arn" {
  value = aws_api_gateway_rest_api.this.execution_arn
}

output "url" {
  value = aws_api_gateway_stage.this.invoke_url
}

output "stage" {
  value = aws_api_gateway_stage.this.stage_name
}
