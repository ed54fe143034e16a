# The prod environment: terraform -chdir=examples/notes/deploy/terraform/prod apply

terraform {
  # Choose a backend that encrypts: the machine client's secret is in the state.
  # backend "s3" {}
}

provider "aws" {}

module "notes" {
  source         = "../module"
  name           = "notes-prod"
  zip            = var.zip
  routes_file    = "${path.module}/../../routes.json"
  subject_key    = var.subject_key
  protected      = true
  throttle       = { rate = 200, burst = 400 }
  domain         = var.domain
  alarm_topic    = var.alarm_topic
  canary         = "CodeDeployDefault.LambdaCanary10Percent5Minutes"
  monthly_budget = var.alarm_topic == null ? 0 : 50 # there is nobody to tell
}

variable "zip" {
  description = "The function's archive."
  type        = string
  default     = "../../bootstrap.zip"
}

variable "subject_key" {
  type      = string
  default   = ""
  sensitive = true
}

variable "domain" {
  type    = object({ name = string, zone_id = string, base_path = optional(string, "") })
  default = null
}

variable "alarm_topic" {
  type    = string
  default = null
}

output "notes" {
  value = module.notes
}
