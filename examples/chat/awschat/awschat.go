// Package awschat keeps tickets and connections in a DynamoDB table, where every
// execution environment of a function finds them.
//
// The table has the partition key owner and the sort key id, both strings, and the
// attribute expires as its time to live. A connection has two items, one by its ID
// and one in its room, and counts only while both are there: a crash between two
// steps leaves nobody connected who should not be. It needs dynamodb:PutItem, GetItem,
// DeleteItem and Query, on the table alone.
package awschat

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/gatehouse-go/gatehouse/examples/chat"
)

// Table is chat.Tickets and chat.Connections. It is safe for concurrent use.
type Table struct {
	client *dynamodb.Client
	name   string
}

// NewTable returns the Table of a name.
func NewTable(client *dynamodb.Client, name string) *Table { return &Table{client, name} }

type item = map[string]types.AttributeValue

// Keep keeps a ticket.
func (t *Table) Keep(ctx context.Context, hash string, ticket chat.Ticket) error {
	i := itemOf(ticketKey(hash), ticket.Seat)
	i["until"], i["expires"] = instant(ticket.Until), seconds(ticket.Until)
	return t.put(ctx, i)
}

// Redeem deletes a ticket. If DynamoDB's answer is lost, so is the ticket.
func (t *Table) Redeem(ctx context.Context, hash string) (chat.Ticket, error) {
	out, err := t.client.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: &t.name, Key: ticketKey(hash), ReturnValues: types.ReturnValueAllOld,
	})
	if err != nil {
		return chat.Ticket{}, err
	}
	if len(out.Attributes) == 0 {
		return chat.Ticket{}, chat.ErrNone
	}
	return chat.Ticket{Seat: seatOf(out.Attributes), Until: timeOf(out.Attributes["until"])}, nil
}

// Add adds a connection, to its room last.
func (t *Table) Add(ctx context.Context, id string, s chat.Seat) error {
	if err := t.put(ctx, itemOf(connectionKey(id), s)); err != nil {
		return err
	}
	return t.put(ctx, itemOf(roomKey(s.Room, id), s))
}

// Remove removes a connection, from its room first.
func (t *Table) Remove(ctx context.Context, id string) error {
	seat, err := t.seat(ctx, id)
	if errors.Is(err, chat.ErrNone) {
		return nil
	}
	if err == nil {
		err = t.delete(ctx, roomKey(seat.Room, id))
	}
	if err == nil {
		err = t.delete(ctx, connectionKey(id))
	}
	return err
}

// Room returns the connections of the room that a connection is in.
func (t *Table) Room(ctx context.Context, id string) (map[string]chat.Seat, error) {
	own, err := t.seat(ctx, id)
	if err != nil {
		return nil, err
	}
	pages := dynamodb.NewQueryPaginator(t.client, &dynamodb.QueryInput{
		TableName:                 &t.name,
		KeyConditionExpression:    aws.String("#owner = :room"),
		ExpressionAttributeNames:  map[string]string{"#owner": "owner"}, // a reserved word
		ExpressionAttributeValues: item{":room": roomKey(own.Room, id)["owner"]},
		ConsistentRead:            aws.Bool(true),
	})
	room := map[string]chat.Seat{}
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, i := range page.Items {
			room[textOf(i["id"])] = seatOf(i)
		}
	}
	if _, ok := room[id]; !ok {
		return nil, chat.ErrNone
	}
	return room, nil
}

func (t *Table) seat(ctx context.Context, id string) (chat.Seat, error) {
	out, err := t.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &t.name, Key: connectionKey(id), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return chat.Seat{}, err
	}
	if len(out.Item) == 0 {
		return chat.Seat{}, chat.ErrNone
	}
	return seatOf(out.Item), nil
}

// put keeps an item that is not there yet, or returns ErrTaken.
func (t *Table) put(ctx context.Context, i item) error {
	_, err := t.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &t.name, Item: i, ConditionExpression: aws.String("attribute_not_exists(id)"),
	})
	var taken *types.ConditionalCheckFailedException
	if errors.As(err, &taken) {
		return chat.ErrTaken
	}
	return err
}

func (t *Table) delete(ctx context.Context, key item) error {
	_, err := t.client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &t.name, Key: key})
	return err
}

func ticketKey(hash string) item   { return key("ticket#"+hash, "ticket") }
func connectionKey(id string) item { return key("connection#"+id, "connection") }
func roomKey(room, id string) item { return key("room#"+room, id) }

func key(owner, id string) item { return item{"owner": text(owner), "id": text(id)} }

func itemOf(key item, s chat.Seat) item {
	return item{
		"owner": key["owner"], "id": key["id"], "room": text(s.Room), "subject": text(s.Subject),
		"seat": instant(s.Expires), "expires": seconds(s.Expires),
	}
}

func seatOf(i item) chat.Seat {
	return chat.Seat{Room: textOf(i["room"]), Subject: textOf(i["subject"]), Expires: timeOf(i["seat"])}
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func textOf(v types.AttributeValue) string {
	if s, ok := v.(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

func instant(t time.Time) types.AttributeValue { return number(t.UnixMilli()) }
func seconds(t time.Time) types.AttributeValue { return number(t.Unix()) }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

// timeOf returns the zero time, which is long past, for what it cannot read.
func timeOf(v types.AttributeValue) time.Time {
	n, ok := v.(*types.AttributeValueMemberN)
	if !ok {
		return time.Time{}
	}
	ms, err := strconv.ParseInt(n.Value, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
