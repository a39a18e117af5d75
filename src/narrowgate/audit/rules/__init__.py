"""One module an audit rule, named by its id and what is wrong; `narrowgate.audit.registry` lists them."""
