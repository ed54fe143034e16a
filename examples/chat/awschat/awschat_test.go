package awschat_test

import (
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/examples/chat"
	"github.com/gatehouse-go/gatehouse/examples/chat/awschat"
	"github.com/gatehouse-go/gatehouse/examples/internal/standin"
)

type store interface {
	chat.Tickets
	chat.Connections
}

// TestStore: the laptop's store and DynamoDB's do the same.
func TestStore(t *testing.T) {
	t.Run("memory", func(t *testing.T) { testStore(t, new(chat.Memory)) })
	t.Run("DynamoDB", func(t *testing.T) {
		client := standin.Client(standin.DynamoDB(t))
		standin.Table(t, client, "chat")
		testStore(t, awschat.NewTable(client, "chat"))
	})
}

func testStore(t *testing.T, s store) {
	ctx := t.Context()
	at := time.Now().UTC().Truncate(time.Millisecond)
	ada := chat.Seat{Room: "harbor", Subject: "ada", Expires: at.Add(time.Hour)}
	bob := chat.Seat{Room: "harbor", Subject: "bob", Expires: at.Add(time.Minute)}
	eve := chat.Seat{Room: "reef", Subject: "eve", Expires: at.Add(time.Hour)}
	want := func(what string, got, want error) {
		t.Helper()
		if !errors.Is(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}

	ticket := chat.Ticket{Seat: ada, Until: at.Add(time.Second)}
	want("keep", s.Keep(ctx, "h", ticket), nil)
	got, err := s.Redeem(ctx, "h")
	if got != ticket || err != nil {
		t.Errorf("%+v, %v, want %+v", got, err, ticket)
	}
	_, err = s.Redeem(ctx, "h")
	want("redeem again", err, chat.ErrNone)

	// Of many who have a ticket at once, one gets in.
	want("keep", s.Keep(ctx, "many", ticket), nil)
	var group sync.WaitGroup
	var redeemed atomic.Int32
	for range 8 {
		group.Go(func() {
			if _, err := s.Redeem(ctx, "many"); err == nil {
				redeemed.Add(1)
			} else if !errors.Is(err, chat.ErrNone) {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if redeemed.Load() != 1 {
		t.Errorf("one ticket was redeemed %d times", redeemed.Load())
	}

	for id, seat := range map[string]chat.Seat{"a=": ada, "b=": bob, "e=": eve} {
		want("add", s.Add(ctx, id, seat), nil)
	}
	want("add again", s.Add(ctx, "a=", eve), chat.ErrTaken)
	room := func(id string, want map[string]chat.Seat) {
		t.Helper()
		if got, err := s.Room(ctx, id); err != nil || !maps.Equal(got, want) {
			t.Errorf("room of %s: %v, %v, want %v", id, slices.Sorted(maps.Keys(got)), err, slices.Sorted(maps.Keys(want)))
		}
	}
	room("a=", map[string]chat.Seat{"a=": ada, "b=": bob})
	room("e=", map[string]chat.Seat{"e=": eve})
	want("remove", s.Remove(ctx, "b="), nil)
	want("remove again", s.Remove(ctx, "b="), nil)
	room("a=", map[string]chat.Seat{"a=": ada})
	_, err = s.Room(ctx, "b=")
	want("the room of nobody", err, chat.ErrNone)
	want("add after a removal", s.Add(ctx, "b=", bob), nil)
	room("b=", map[string]chat.Seat{"a=": ada, "b=": bob})
}
