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
func (s *Store) Add(_ context.Context, owner string, n notes.Note) error {
	value, err := json.Marshal(n)
	if err != nil {
		return err
	}
	return s.db.Update(func(tx *bbolt.Tx) error {
		own, err := tx.CreateBucketIfNotExists([]byte(owner))
		if err != nil {
			return err
		}
		return own.Put([]byte(n.ID), value)
	})
}

// Get returns a note, or notes.ErrNotFound.
func (s *Store) Get(_ context.Context, owner, id string) (notes.Note, error) {
	var n notes.Note
	err := s.db.View(func(tx *bbolt.Tx) error {
		own := tx.Bucket([]byte(owner))
		if own == nil {
			return notes.ErrNotFound
		}
		value := own.Get([]byte(id))
		if value == nil {
			return notes.ErrNotFound
		}
		return json.Unmarshal(value, &n)
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
