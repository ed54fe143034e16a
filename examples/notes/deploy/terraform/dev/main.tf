# The dev environment: terraform -chdir=examples/notes/deploy/terraform/dev apply

terraform {
  # Choose a backend that encrypts: the machine client's secret is in the state.
  # backend "s3" {}
}

provider "aws" {}

module "notes" {
  source               = "../module"
  name                 = "notes-dev"
  zip                  = var.zip
  routes_file          = "${path.module}/../../routes.json"
  subject_key          = var.subject_key
  protected            = false
  callback_urls        = ["http://localhost:3000/callback"]
  reserved_concurrency = var.reserved_concurrency
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

variable "reserved_concurrency" {
  description = "The most environments at once; -1 where the account's limit is too low to reserve any."
  type        = number
  default     = 20
}

output "notes" {
  value = module.notes
}
