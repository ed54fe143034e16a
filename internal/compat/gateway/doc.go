// Package gateway holds package adapter/gateway against other people's clients:
// AWS's own signer, and a WebSocket library.
package gateway
