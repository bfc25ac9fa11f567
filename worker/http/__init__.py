"""HTTP towards publishers and partners: address guard, transport, event-loop thread, and the client pipelines use."""
