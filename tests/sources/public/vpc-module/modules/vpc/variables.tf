# Origin: written for narrowgate.
variable "create" {
  type    = bool
  default = true
}
variable "name" {
  type    = string
  default = ""
}
variable "cidr" {
  type    = string
  default = "10.0.0.0/16"
}
variable "azs" {
  type    = list(string)
  default = []
}
variable "public_subnets" {
  type    = list(string)
  default = []
}
variable "private_subnets" {
  type    = list(string)
  default = []
}
variable "secondary_cidr_blocks" {
  type    = list(string)
  default = []
}
variable "enable_nat" {
  type    = bool
  default = false
}
variable "single_nat" {
  type    = bool
  default = false
}
variable "flow_log_options" {
  type    = any
  default = {}
}
variable "tags" {
  type    = map(string)
  default = {}
}
