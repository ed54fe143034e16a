# The dev environment: terraform -chdir=examples/notes/deploy/terraform/dev apply

terraform {
  # Choose a backend that encrypts: the machine client's secret is in the state.
  # backend "s3" {}
}

provider "aws" {}

module "notes" {
  source        = "../module"
  name          = "notes-dev"
  zip           = var.zip
  routes_file   = "${path.module}/../../routes.json"
  subject_key   = var.subject_key
  protected     = false
  callback_urls = ["http://localhost:3000/callback"]
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

output "notes" {
  value = module.notes
}
