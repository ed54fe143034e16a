package notes

// Note is one note. ID is unique among all notes, and a later note has a greater
// one. OwnerSub is the owner's subject and only shown: a note belongs to the owner
// that Store.Add was told.
type Note struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Content  string `json:"content"`
	OwnerSub string `json:"ownerSub"`
}

// Repeated returns first, the note that an idempotency key stands for, to whoever
// uses the key for n; or ErrReused if n is another note.
func Repeated(first, n Note) (Note, error) {
	if first.Title != n.Title || first.Content != n.Content {
		return Note{}, ErrReused
	}
	return first, nil
}
