package gateway

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// Check reports every setting that no front could have, joined; nil if there
// is none. A Gateway checks itself before each request and answers 500.
func (g *Gateway) Check() error {
	var problems []error
	if g.Function == nil {
		problems = append(problems, errors.New("gateway: Function is nil"))
	}
	if strings.Contains(g.Stage, "/") {
		problems = append(problems, fmt.Errorf("gateway: Stage %q: holds a slash", g.Stage))
	}
	if g.Timeout < 0 {
		problems = append(problems, fmt.Errorf("gateway: Timeout %v: below zero", g.Timeout))
	}
	if s := g.scheme(); s != "https" && s != "http" {
		problems = append(problems, fmt.Errorf("gateway: Scheme %q: neither http nor https", s))
	}
	return errors.Join(append(problems, g.checkFront())...)
}

// checkFront reports what is wrong with the settings of this one front.
func (g *Gateway) checkFront() error {
	front := frontOf(g.Format)
	if front == nil {
		return fmt.Errorf("gateway: Format %v: no such front", g.Format)
	}
	problems := []error{g.checkCORS(front)}
	if g.Streaming && front.prelude == nil {
		problems = append(problems, fmt.Errorf("gateway: Streaming: no stream gets through Format %v", g.format()))
	}
	if front.routed {
		_, err := parseRoutes(g.routes(), front.tree)
		problems = append(problems, err)
	}
	return errors.Join(problems...)
}

func (g *Gateway) scheme() string {
	if g.Scheme == "" {
		return "https"
	}
	return g.Scheme
}

func (g *Gateway) stage() string {
	if g.Stage == "" || g.Format == adapter.FunctionURL {
		return frontOf(g.Format).stage
	}
	return g.Stage
}

func (g *Gateway) timeout() time.Duration {
	switch {
	case g.Timeout != 0:
		return g.Timeout
	case g.Streaming:
		return maxDuration
	}
	return frontOf(g.Format).timeout
}

func (g *Gateway) apiID() string {
	if g.APIID == "" {
		return "a1b2c3d4e5"
	}
	return g.APIID
}
