"""The same requests to the fake and to another server, and where the answers differ in form."""
