# An environment behind a REST API: terraform -chdir=examples/notes/deploy/terraform/rest apply

terraform {
  # Choose a backend that encrypts: the machine client's secret is in the state.
  # backend "s3" {}
}

provider "aws" {}

module "notes" {
  source      = "../module"
  name        = "notes-rest"
  zip         = var.zip
  routes_file = "${path.module}/../../rest/routes.json"
  protected   = false
  rest        = var.rest
}

variable "zip" {
  description = "The function's archive."
  type        = string
  default     = "../../bootstrap.zip"
}

variable "rest" {
  description = "See ../module/variables.tf."
  type        = any
  default     = {}
}

output "notes" {
  value = module.notes
}
