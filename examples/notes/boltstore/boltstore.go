// Package boltstore keeps notes in a file. It is a package of its own so that a
// program which keeps them elsewhere, like the Lambda function, does not link
// the database.
package boltstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gatehouse-go/gatehouse/examples/notes"
	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// lockTimeout is how long Open waits for another program to let go of the file.
const lockTimeout = time.Second

// Store is a notes.Store in a bbolt database: a bucket for each owner, in it
// the notes by their ID. Open makes it; it is safe for concurrent use.
type Store struct{ db *bbolt.DB }

// Open opens the file at path, or makes it with mode 0600. One program can have
// it open at a time; the Store must be closed.
func Open(path string) (*Store, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockTimeout})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("boltstore: %q is in use by another program", path)
	}
	if err != nil {
		return nil, fmt.Errorf("boltstore: opening %q: %w", path, err)
	}
	return &Store{db}, nil
}

// Close closes the file once all operations under way have ended.
func (s *Store) Close() error { return s.db.Close() }

// Add keeps a new note of the owner's; when it returns, the note is on the disk.
func (s *Store) Add(_ context.Context, owner string, n notes.Note, once string) (notes.Note, error) {
	err := s.db.Update(func(tx *bbolt.Tx) error {
		if once == "" {
			return put(tx, owner, n.ID, n)
		}
		first, err := get(tx, onceBucket(owner), once)
		switch {
		case err == nil:
			n, err = notes.Repeated(first, n)
			return err
		case !errors.Is(err, notes.ErrNotFound):
			return err
		}
		return errors.Join(put(tx, onceBucket(owner), once, n), put(tx, owner, n.ID, n))
	})
	return n, err
}

// onceBucket holds what an owner's idempotency keys stand for. No owner's name
// begins like this: claims.Identity.Key begins with a number.
func onceBucket(owner string) string { return "once:" + owner }

func put(tx *bbolt.Tx, bucket, key string, n notes.Note) error {
	value, err := json.Marshal(n)
	if err != nil {
		return err
	}
	b, err := tx.CreateBucketIfNotExists([]byte(bucket))
	if err != nil {
		return err
	}
	return b.Put([]byte(key), value)
}

func get(tx *bbolt.Tx, bucket, key string) (n notes.Note, err error) {
	b := tx.Bucket([]byte(bucket))
	if b == nil {
		return n, notes.ErrNotFound
	}
	value := b.Get([]byte(key))
	if value == nil {
		return n, notes.ErrNotFound
	}
	return n, json.Unmarshal(value, &n)
}

// Get returns a note, or notes.ErrNotFound.
func (s *Store) Get(_ context.Context, owner, id string) (notes.Note, error) {
	var n notes.Note
	err := s.db.View(func(tx *bbolt.Tx) (err error) {
		n, err = get(tx, owner, id)
		return err
	})
	return n, err
}

// List returns at most limit of the owner's notes with an ID below before.
func (s *Store) List(_ context.Context, owner, before string, limit int) ([]notes.Note, error) {
	page := []notes.Note{}
	err := s.db.View(func(tx *bbolt.Tx) error {
		own := tx.Bucket([]byte(owner))
		if own == nil {
			return nil
		}
		cursor := own.Cursor()
		for _, value := lastBefore(cursor, before); value != nil && len(page) < limit; _, value = cursor.Prev() {
			var n notes.Note
			if err := json.Unmarshal(value, &n); err != nil {
				return err
			}
			page = append(page, n)
		}
		return nil
	})
	return page, err
}

// lastBefore moves the cursor to the greatest key below before.
func lastBefore(cursor *bbolt.Cursor, before string) (key, value []byte) {
	if before == "" {
		return cursor.Last()
	}
	if key, _ := cursor.Seek([]byte(before)); key == nil {
		return cursor.Last() // every key is below it
	}
	return cursor.Prev()
}
