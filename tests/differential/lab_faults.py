"""The faults that `lab_mutants` plants: in routes, filters, names, policies and APIs."""

from tests.differential import (
    lab_faults_of_apis,
    lab_faults_of_filters,
    lab_faults_of_names,
    lab_faults_of_policies,
    lab_faults_of_routes,
)

MUTANTS = (
    *lab_faults_of_routes.MUTANTS,
    *lab_faults_of_filters.MUTANTS,
    *lab_faults_of_names.MUTANTS,
    *lab_faults_of_policies.MUTANTS,
    *lab_faults_of_apis.MUTANTS,
)
