"""What IAM policies decide about one call of one method of a private REST API.

Pure and independent of any snapshot: facts come in as an `AuthorizeRequest`, documents as `Policy` values that
`document.compile_policy` made once. Start at `authorize.py` (the answer) and `procedure.py` (the order of steps
and the two authorization tables); `validation/` judges documents without a request, `proof/` compares what two
of them admit over all requests.
"""
