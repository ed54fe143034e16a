package notes

// Note is one note. ID is unique among all notes, and a later note has a greater
// one; OwnerSub is its owner's subject, for show: whom a note belongs to is what
// a Store was told by Add.
type Note struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Content  string `json:"content"`
	OwnerSub string `json:"ownerSub"`
}
