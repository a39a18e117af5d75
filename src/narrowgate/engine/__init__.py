"""The model of AWS: pure functions from a snapshot and a question to an explained answer.

`dns` says what a name resolves to, `network` whether a packet gets there and back, `tls` and `http` which
certificate and API a call meets, `policy` whether it is let through, `trace` joins them. No I/O happens here.
"""
