package notes

import (
	"context"
	"errors"
)

var (
	// ErrNotFound is returned by Get if the owner has no such note.
	ErrNotFound = errors.New("notes: no such note")

	// ErrReused is returned by Add if once already stands for another note.
	ErrReused = errors.New("notes: the idempotency key stands for another note")

	// ErrUnavailable is what a Store's errors wrap if trying again later may help.
	ErrUnavailable = errors.New("notes: the store is unavailable")
)

// Store keeps notes by owner. An owner is what claims.Identity.Key returns and
// never empty. It names the issuer too, because two issuers may have the same
// subject. A Store is safe for concurrent use.
//
// With owner as partition key and ID as sort key, each method is one call to
// DynamoDB; an Add with once is two.
type Store interface {
	// Add adds a note to the owner's and returns it. With a once that is not
	// empty, it adds a note only the first time that the owner uses it, and
	// returns that first note from then on. If its title or content differ from
	// n's, Add returns ErrReused.
	Add(ctx context.Context, owner string, n Note, once string) (Note, error)

	// Get returns a note of the owner's, or ErrNotFound.
	Get(ctx context.Context, owner, id string) (Note, error)

	// List returns at most limit of the owner's notes with an ID below before,
	// the greatest first. If before is empty, it begins with the newest.
	List(ctx context.Context, owner, before string, limit int) ([]Note, error)
}
