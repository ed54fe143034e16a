package notes

import (
	"context"
	"errors"
)

// ErrNotFound is returned by Get if the owner has no such note.
var ErrNotFound = errors.New("notes: no such note")

// Store keeps notes by owner. An owner is what claims.Identity.Key returns and
// never empty. It names the issuer too, because two issuers may have the same
// subject. A Store is safe for concurrent use.
//
// With owner as partition key and ID as sort key, each method is one call to
// DynamoDB.
type Store interface {
	// Add adds a note to the owner's.
	Add(ctx context.Context, owner string, n Note) error

	// Get returns a note of the owner's, or ErrNotFound.
	Get(ctx context.Context, owner, id string) (Note, error)

	// List returns at most limit of the owner's notes with an ID below before,
	// the greatest first. If before is empty, it begins with the newest.
	List(ctx context.Context, owner, before string, limit int) ([]Note, error)
}
