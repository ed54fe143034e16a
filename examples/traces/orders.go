package traces

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/examples/internal/answer"
)

// Order is what the API knows of one.
type Order struct {
	ID    string `json:"id"`
	State string `json:"state"`
}

// Handler is an API to have spans of: one route, open to everybody.
func Handler() *authz.Mux {
	mux := authz.NewMux(nil)
	mux.HandleFunc("GET /orders/{id}", authz.Public(), getOrder)
	return mux
}

func getOrder(w http.ResponseWriter, r *http.Request) {
	order, found := find(r.Context(), r.PathValue("id"))
	if !found {
		answer.Problem(w, http.StatusNotFound, "")
		return
	}
	answer.JSON(w, http.StatusOK, order)
}

// find stands for a query of a database. Its span says what kind of result there
// was; an order's ID has no place in it.
func find(ctx context.Context, id string) (Order, bool) {
	tracer := trace.SpanFromContext(ctx).TracerProvider().Tracer("examples/traces")
	_, span := tracer.Start(ctx, "find order")
	defer span.End()
	found := id == "1"
	span.SetAttributes(attribute.Bool("order.found", found))
	return Order{ID: id, State: "shipped"}, found
}
