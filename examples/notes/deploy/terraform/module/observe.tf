# A panic is a 500 of ours and no failed invocation: AWS's own Errors stays 0. So
# the alarms stand on our metrics, in the namespace var.name, and on the API's.
locals {
  topic = var.alarm_topic == null ? [] : [var.alarm_topic]

  ours   = { namespace = var.name, dimensions = {} }
  lambda = { namespace = "AWS/Lambda", dimensions = { FunctionName = var.name } }
  api    = { namespace = "AWS/ApiGateway", dimensions = var.rest == null ? { ApiId = local.api_id } : { ApiName = var.name } }

  # What a REST API calls the metrics of an HTTP API.
  metrics = var.rest == null ? {} : { "4xx" = "4XXError", "5xx" = "5XXError" }

  alarms = {
    faults    = merge(local.ours, { metric = "Faults", statistic = "Sum", above = 0, minutes = 1, says = "The adapter answered for the handler: a panic, a late handler or a reply too large." })
    refusals  = merge(local.ours, { metric = "Refusals", statistic = "Sum", above = 500, minutes = 5, says = "Many refusals: a wrong issuer, an expired key, or somebody trying." })
    keys      = merge(local.ours, { metric = "Unavailable", statistic = "Sum", above = 0, minutes = 5, says = "Callers could not be verified: the issuer's keys are out of reach." })
    latency   = merge(local.ours, { metric = "Latency", statistic = "p99", above = 20000, minutes = 5, says = "One request in a hundred comes near the limit of 29 seconds." })
    errors    = merge(local.lambda, { metric = "Errors", statistic = "Sum", above = 0, minutes = 1, says = "The function ended or did not start." })
    throttles = merge(local.lambda, { metric = "Throttles", statistic = "Sum", above = 0, minutes = 1, says = "More requests at once than reserved_concurrency allows." })
    clients   = merge(local.api, { metric = "4xx", statistic = "Sum", above = 500, minutes = 5, says = "Many requests were answered 4xx, by the gateway's authorizer or the function." })
    server    = merge(local.api, { metric = "5xx", statistic = "Sum", above = 0, minutes = 1, says = "Clients were answered 5xx; where the function saw nothing, its permission or deployment is wrong." })
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each            = local.alarms
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.says
  namespace           = each.value.namespace
  metric_name         = lookup(local.metrics, each.value.metric, each.value.metric)
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic == "p99" ? null : each.value.statistic
  extended_statistic  = each.value.statistic == "p99" ? "p99" : null
  period              = 60
  evaluation_periods  = each.value.minutes
  datapoints_to_alarm = 1
  threshold           = each.value.above
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.topic
  ok_actions          = local.topic
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name
  dashboard_body = jsonencode({
    widgets = [for i, name in sort(keys(local.alarms)) : {
      type = "metric"
      x    = (i % 3) * 8, y = floor(i / 3) * 6, width = 8, height = 6
      properties = {
        title  = name
        region = data.aws_region.this.name
        stat   = local.alarms[name].statistic
        period = 60
        metrics = [concat([local.alarms[name].namespace, lookup(local.metrics, local.alarms[name].metric, local.alarms[name].metric)],
        flatten([for k, v in local.alarms[name].dimensions : [k, v]]))]
      }
    }]
  })
}

locals {
  queries = {
    "refusals by cause" = "filter `gatehouse.answered_by` = 'policy' | stats count(*) as requests by `authz.code`, `authz.cause`, `http.route` | sort requests desc"
    "p99 by route"      = "filter ispresent(`http.route`) | stats pct(`gatehouse.duration_ms`, 99) as p99, count(*) as requests by `http.route` | sort p99 desc"
    "cold starts"       = "filter `faas.coldstart` = 1 | stats count(*) as starts by bin(1h)"
    "one request"       = "filter requestId = 'REQUEST' or `gatehouse.request_id` = 'REQUEST' | sort @timestamp"
  }
}

# In the last one put $context.requestId in REQUEST: it is in the access log and
# in the function's line.
resource "aws_cloudwatch_query_definition" "this" {
  for_each        = var.saved_queries ? local.queries : {}
  name            = "${var.name}/${each.key}"
  log_group_names = [aws_cloudwatch_log_group.function.name, aws_cloudwatch_log_group.access.name]
  query_string    = "fields @timestamp, @message | ${each.value}"
}

resource "aws_budgets_budget" "this" {
  count        = var.monthly_budget > 0 && var.alarm_topic != null ? 1 : 0
  name         = var.name
  budget_type  = "COST"
  limit_amount = tostring(var.monthly_budget)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"
  notification {
    comparison_operator       = "GREATER_THAN"
    threshold                 = 80
    threshold_type            = "PERCENTAGE"
    notification_type         = "FORECASTED"
    subscriber_sns_topic_arns = local.topic
  }
}
