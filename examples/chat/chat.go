// Package chat is a chat over a WebSocket API. A browser cannot send a header with
// its handshake, so it asks an HTTP API with its token for a ticket, which opens one
// connection. Both APIs invoke the same function.
package chat

import (
	"context"
	"errors"
	"slices"
	"time"
)

// A Seat is what is known of whoever holds a ticket or a connection. All of it is from
// a token, and none from a message.
type Seat struct {
	Room    string
	Subject string
	Expires time.Time // the token's exp: no connection outlives it
}

// A Ticket opens one connection, until Until.
type Ticket struct {
	Seat
	Until time.Time
}

var (
	// ErrNone means that there is no such ticket or connection.
	ErrNone = errors.New("chat: there is none")
	// ErrTaken means that there is a connection with that ID.
	ErrTaken = errors.New("chat: the connection ID is taken")
	// ErrGone means that the client of a connection has gone.
	ErrGone = errors.New("chat: the client has gone")
)

// Tickets keeps tickets by their hash.
type Tickets interface {
	Keep(ctx context.Context, hash string, t Ticket) error
	// Redeem returns a ticket and forgets it in one step, or returns ErrNone.
	Redeem(ctx context.Context, hash string) (Ticket, error)
}

// Connections keeps who is at the other end of each connection.
type Connections interface {
	// Add returns ErrTaken, and changes nothing, if there is such a connection.
	Add(ctx context.Context, id string, s Seat) error
	// Remove does nothing if there is no such connection.
	Remove(ctx context.Context, id string) error
	// Room returns all connections, by ID, of the room that a connection is in, and
	// ErrNone if there is no such connection.
	Room(ctx context.Context, id string) (map[string]Seat, error)
}

// Sender reaches clients.
type Sender interface {
	// Post returns ErrGone if the client has gone.
	Post(ctx context.Context, id string, message []byte) error
	// Close ends a connection, if it has not ended.
	Close(ctx context.Context, id string) error
}

// Service is the chat. All fields are required; it is safe for concurrent use if
// Tickets, Connections and Sender are.
type Service struct {
	Tickets     Tickets
	Connections Connections
	Sender      Sender
	Members     map[string][]string // subjects, by room
	Origins     []string            // of the pages that may connect, such as https://app.example.com
	API         string              // the ID of the WebSocket API
}

// admits reports whether a seat still stands: its token is valid and its holder is a
// member. A seat without Expires never stands.
func (s *Service) admits(seat Seat) bool {
	return seat.Subject != "" && time.Now().Before(seat.Expires) && slices.Contains(s.Members[seat.Room], seat.Subject)
}
