# Only with var.canary: CodeDeploy moves the alias to a new version in steps, and
# back when one of two alarms fires. Terraform publishes the version and says, in
# the output release, how to start; it leaves the alias alone from then on.
locals {
  canaries = var.canary == null ? toset([]) : toset([var.canary])
  brakes   = ["faults", "errors"]
  alias    = var.canary == null ? aws_lambda_alias.live[0] : aws_lambda_alias.moved[0]

  # AppSpec wants the number 0.0, which jsonencode would shorten.
  appspec = "{\"version\":0.0,\"Resources\":${jsonencode([{ notes = {
    Type = "AWS::Lambda::Function"
    Properties = {
      Name           = var.name
      Alias          = var.alias
      CurrentVersion = local.alias.function_version
      TargetVersion  = aws_lambda_function.this.version
    }
  } }])}}"
  release = join(" ", [
    "aws deploy create-deployment --application-name '${var.name}' --deployment-group-name '${var.name}'",
    "--revision '${jsonencode({ revisionType = "AppSpecContent", appSpecContent = { content = local.appspec } })}'",
  ])
}

resource "aws_lambda_alias" "moved" {
  count            = length(local.canaries)
  name             = var.alias
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version
  lifecycle {
    ignore_changes = [function_version, routing_config]
    precondition {
      condition     = var.previous == null
      error_message = "previous: CodeDeploy moves the alias (canary); set one of the two."
    }
  }
}

resource "aws_iam_role" "canary" {
  for_each = local.canaries
  name     = "${var.name}-canary"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "codedeploy.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "canary" {
  for_each = local.canaries
  name     = "canary"
  role     = aws_iam_role.canary[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Alias"
        Effect   = "Allow"
        Action   = ["lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"]
        Resource = [local.function_arn, "${local.function_arn}:*"]
      },
      {
        Sid      = "Brakes"
        Effect   = "Allow"
        Action   = "cloudwatch:DescribeAlarms"
        Resource = "*"
      },
    ]
  })
}

resource "aws_codedeploy_app" "this" {
  for_each         = local.canaries
  name             = var.name
  compute_platform = "Lambda"
}

resource "aws_codedeploy_deployment_group" "this" {
  for_each               = local.canaries
  app_name               = aws_codedeploy_app.this[each.key].name
  deployment_group_name  = var.name
  deployment_config_name = each.key
  service_role_arn       = aws_iam_role.canary[each.key].arn
  deployment_style {
    deployment_type   = "BLUE_GREEN"
    deployment_option = "WITH_TRAFFIC_CONTROL"
  }
  alarm_configuration {
    enabled = true
    alarms  = [for name in local.brakes : aws_cloudwatch_metric_alarm.this[name].alarm_name]
  }
  auto_rollback_configuration {
    enabled = true
    events  = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"]
  }
}
