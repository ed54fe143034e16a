variable "name" {
  description = "Prefix of every name, such as notes-dev: two environments in one account must differ in it."
  type        = string
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,30}$", var.name))
    error_message = "name: 3 to 31 lower-case letters, digits and dashes, beginning with a letter."
  }
}

variable "zip" {
  description = "The function's archive, with bootstrap in it, as deploy/build makes it."
  type        = string
}

variable "routes_file" {
  description = "routes.json of `go run ./examples/notes/deploy -out DIR`: the gateway's half of the policy."
  type        = string
}

variable "authorizers" {
  description = "More JWT authorizers by the logical names that routes.json uses; the pool's own is the default."
  type        = map(object({ issuer = string, audiences = list(string) }))
  default     = {}
}

variable "alias" {
  description = "The function's alias, which the API invokes."
  type        = string
  default     = "live"
}

variable "previous" {
  description = "For a gradual deployment: the version that still takes part of the requests, and which part (0 to 1)."
  type        = object({ version = string, weight = number })
  default     = null
}

variable "canary" {
  description = "For CodeDeploy: how a new version takes over, such as CodeDeployDefault.LambdaCanary10Percent5Minutes. null: Terraform moves the alias. Choose before the first apply: a change makes the alias anew."
  type        = string
  default     = null
}

variable "domain" {
  description = "A custom domain with its certificate and hosted zone; the default endpoint is then disabled. null: none."
  type        = object({ name = string, zone_id = string, base_path = optional(string, "") })
  default     = null
}

variable "callback_urls" {
  description = "Where the web client's sign-in may lead back to."
  type        = list(string)
  default     = ["http://localhost:3000/callback"]
}

variable "allow_origins" {
  description = "Origins of the pages that may read answers. The gateway answers their preflights."
  type        = list(string)
  default     = []
}

variable "throttle" {
  description = "Requests per second and burst of all routes together."
  type        = object({ rate = number, burst = number })
  default     = { rate = 50, burst = 100 }
}

variable "route_throttles" {
  description = "Limits of single routes, by route key."
  type        = map(object({ rate = number, burst = number }))
  default     = { "POST /notes" = { rate = 10, burst = 20 } }
}

variable "reserved_concurrency" {
  description = "The most environments at once, which caps what a runaway costs; -1: the account's."
  type        = number
  default     = 20
}

variable "monthly_budget" {
  description = "US dollars a month from which the alarm topic is told; 0: no budget."
  type        = number
  default     = 0
  validation {
    condition     = var.monthly_budget == 0 || var.alarm_topic != null
    error_message = "A budget needs alarm_topic, which it tells."
  }
}

variable "alarm_topic" {
  description = "ARN of the SNS topic that alarms notify; null: nobody is told."
  type        = string
  default     = null
}

variable "log_retention" {
  description = "Days that logs are kept."
  type        = number
  default     = 30
}

variable "protected" {
  description = "Guards the user pool and the table against deletion."
  type        = bool
  default     = true
}

variable "subject_key" {
  description = "Base64 of 32 bytes or more, with which the function's log tells callers apart without naming them; empty: no caller in any line. It is in Terraform's state."
  type        = string
  default     = ""
  sensitive   = true
}

variable "saved_queries" {
  description = "Keeps queries for CloudWatch Logs Insights."
  type        = bool
  default     = true
}

variable "rest" {
  description = <<-E
    A REST API in place of the HTTP API; null: none. routes_file must then be of
    deploy/rest. origin: the origin of the pages that may read answers; api_keys:
    names of the clients that get a key, for which a usage plan counts at most
    daily_quota requests; web_acl: ARN of a regional WAF web ACL; vpc_endpoints: the
    API is private, and answers through these alone.
  E
  type = object({
    stage         = optional(string, "live")
    origin        = optional(string)
    api_keys      = optional(set(string), [])
    daily_quota   = optional(number, 100000)
    web_acl       = optional(string)
    vpc_endpoints = optional(list(string), [])
  })
  default = null
}
