"""The service: Tradewind's questions and answers over HTTP, standing on forecast's public face."""
