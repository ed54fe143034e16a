package chat

import (
	"context"
	"sync"
)

// Memory is Tickets and Connections of one process. The zero Memory is empty. It is
// safe for concurrent use.
type Memory struct {
	mu      sync.Mutex
	tickets map[string]Ticket
	seats   map[string]Seat
}

func (m *Memory) Keep(_ context.Context, hash string, t Ticket) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.tickets == nil {
		m.tickets = map[string]Ticket{}
	}
	m.tickets[hash] = t
	return nil
}

func (m *Memory) Redeem(_ context.Context, hash string) (Ticket, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.tickets[hash]
	if !ok {
		return Ticket{}, ErrNone
	}
	delete(m.tickets, hash)
	return t, nil
}

func (m *Memory) Add(_ context.Context, id string, s Seat) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, taken := m.seats[id]; taken {
		return ErrTaken
	}
	if m.seats == nil {
		m.seats = map[string]Seat{}
	}
	m.seats[id] = s
	return nil
}

func (m *Memory) Remove(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.seats, id)
	return nil
}

func (m *Memory) Room(_ context.Context, id string) (map[string]Seat, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	own, ok := m.seats[id]
	if !ok {
		return nil, ErrNone
	}
	room := map[string]Seat{}
	for other, seat := range m.seats {
		if seat.Room == own.Room {
			room[other] = seat
		}
	}
	return room, nil
}
