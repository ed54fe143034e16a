package notes

import (
	"context"
	"errors"
)

// ErrNotFound is returned by a Store that has no such note for this owner.
var ErrNotFound = errors.New("notes: no such note")

// Store keeps notes. An owner is what claims.Identity.Key returns, and never
// empty: it names the issuer as well, so that a subject of one issuer does not
// find the notes of another's. A Store is safe for concurrent use.
//
// With owner as partition key and ID as sort key these are one call each to
// DynamoDB.
type Store interface {
	// Add keeps a new note of the owner's.
	Add(ctx context.Context, owner string, n Note) error

	// Get returns a note, or ErrNotFound, also where it is another owner's.
	Get(ctx context.Context, owner, id string) (Note, error)

	// List returns at most limit of the owner's notes, the greatest ID first:
	// those with an ID below before, or all where before is empty.
	List(ctx context.Context, owner, before string, limit int) ([]Note, error)
}
