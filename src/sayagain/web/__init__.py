"""The service: decisions, turns and a look inside over HTTP; needs the extra `serve`."""
