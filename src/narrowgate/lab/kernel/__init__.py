"""The only privileged code: namespaces, rtnetlink, nft, in a user namespace that touches nothing of the host."""
