package jobs

import (
	"context"
	"errors"
	"sync"
	"time"
)

// A Job is work that takes longer than a client waits: 30 s behind an HTTP API.
type Job struct {
	Owner   string    `json:"-"` // claims.Identity.Key, hashed
	ID      string    `json:"id"`
	State   State     `json:"state"`
	Result  string    `json:"result,omitempty"`
	Created time.Time `json:"created"`

	Text string `json:"-"` // what there is to do
	Hash string `json:"-"` // of the request that made the job

	// Lease is when a worker that took the job and was not heard of again has
	// lost it, and Token says which worker that is.
	Lease time.Time `json:"-"`
	Token string    `json:"-"`
	Tries int       `json:"-"` // how many workers took it
}

// State is how far a job is.
type State string

// States.
const (
	Queued  State = "queued"
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed" // its message is in the dead-letter queue
)

// Errors of a Store.
var (
	ErrNotFound = errors.New("jobs: there is no such job")
	ErrExists   = errors.New("jobs: there is a job with this ID")
	ErrTaken    = errors.New("jobs: another worker has the job, or had it")
)

// A Store keeps jobs by owner and ID. Each method is one atomic step, however often
// and wherever it is called.
type Store interface {
	// Add adds a job, or returns ErrExists.
	Add(ctx context.Context, j Job) error
	// Get returns a job, or ErrNotFound.
	Get(ctx context.Context, owner, id string) (Job, error)
	// Take makes a job that is queued, or whose lease has ended, the worker's who
	// has token, and counts it in Tries. It returns ErrTaken of any other job.
	Take(ctx context.Context, owner, id, token string, now time.Time, lease time.Duration) (Job, error)
	// End ends the job with a result, or gives it back if the state is Queued. It
	// returns ErrTaken if token no longer has it.
	End(ctx context.Context, owner, id, token string, s State, result string) error
	// Stuck returns jobs that have been queued since before a time, or whose lease
	// ended before it: up to 100.
	Stuck(ctx context.Context, before time.Time) ([]Job, error)
}

// Memory is the Store of a laptop. The zero Memory is empty. It is safe for
// concurrent use.
type Memory struct {
	mu   sync.Mutex
	jobs map[[2]string]Job
}

// Add adds a job.
func (m *Memory) Add(_ context.Context, j Job) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := [2]string{j.Owner, j.ID}
	if _, ok := m.jobs[key]; ok {
		return ErrExists
	}
	if m.jobs == nil {
		m.jobs = map[[2]string]Job{}
	}
	m.jobs[key] = j
	return nil
}

// Get returns a job.
func (m *Memory) Get(_ context.Context, owner, id string) (Job, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	j, ok := m.jobs[[2]string{owner, id}]
	if !ok {
		return Job{}, ErrNotFound
	}
	return j, nil
}

// Take makes a job the worker's.
func (m *Memory) Take(_ context.Context, owner, id, token string, now time.Time, lease time.Duration) (Job, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := [2]string{owner, id}
	j, ok := m.jobs[key]
	switch {
	case !ok:
		return Job{}, ErrNotFound
	case j.State != Queued && (j.State != Running || now.Before(j.Lease)):
		return Job{}, ErrTaken
	}
	j.State, j.Token, j.Lease = Running, token, now.Add(lease)
	j.Tries++
	m.jobs[key] = j
	return j, nil
}

// End ends a job or gives it back.
func (m *Memory) End(_ context.Context, owner, id, token string, s State, result string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := [2]string{owner, id}
	j, ok := m.jobs[key]
	if !ok || j.State != Running || j.Token != token {
		return ErrTaken
	}
	j.State, j.Result, j.Token, j.Lease = s, result, "", time.Time{}
	m.jobs[key] = j
	return nil
}

// Stuck returns jobs that nobody works on.
func (m *Memory) Stuck(_ context.Context, before time.Time) ([]Job, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var stuck []Job
	for _, j := range m.jobs {
		if len(stuck) < 100 && (j.State == Queued && j.Created.Before(before) || j.State == Running && j.Lease.Before(before)) {
			stuck = append(stuck, j)
		}
	}
	return stuck, nil
}
