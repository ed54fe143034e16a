// Package dynamostore keeps notes in a DynamoDB table, where every execution
// environment of a function finds them.
//
// The table has the partition key owner and the sort key id, both strings, and
// may have the attribute expires as its time to live. A note's owner is a hash of
// claims.Identity.Key, so that the table names no caller. It needs these actions,
// on the table alone: dynamodb:PutItem, dynamodb:GetItem and dynamodb:Query.
package dynamostore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// maxID is the size of the largest sort key that DynamoDB takes, in bytes.
const maxID = 1024

// onceFor is how long an idempotency key stands for its note.
const onceFor = 24 * time.Hour

// Store is a notes.Store. It is safe for concurrent use. How long a call may take
// is up to the context that it is given: a request's ends before Lambda's
// deadline.
type Store struct {
	client *dynamodb.Client
	table  string
}

// Open returns the Store in a table, with the region and credentials of the
// environment. Nothing is asked of DynamoDB before the first call.
func Open(ctx context.Context, table string) (*Store, error) {
	if table == "" {
		return nil, errors.New("dynamostore: no table")
	}
	c, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("dynamostore: %w", err)
	}
	return New(dynamodb.NewFromConfig(c), table), nil
}

// New returns the Store in a client's table.
func New(client *dynamodb.Client, table string) *Store { return &Store{client, table} }

// Add adds a note to the owner's.
//
// With once, it first keeps for which note once stands and then the note: whoever
// comes after a crash in between adds that very note.
func (s *Store) Add(ctx context.Context, owner string, n notes.Note, once string) (notes.Note, error) {
	if once == "" {
		return n, s.put(ctx, noteItem(owner, n))
	}
	mark := markItem(owner, n, once)
	switch err := s.put(ctx, mark); {
	case errors.Is(err, errTaken):
		first, err := s.marked(ctx, mark)
		if err != nil {
			return notes.Note{}, err
		}
		if n, err = notes.Repeated(first, n); err != nil {
			return notes.Note{}, err
		}
	case err != nil:
		return notes.Note{}, err
	}
	return n, s.put(ctx, noteItem(owner, n))
}

// Get returns a note of the owner's, or notes.ErrNotFound.
func (s *Store) Get(ctx context.Context, owner, id string) (notes.Note, error) {
	if id == "" || len(id) > maxID || !utf8.ValidString(id) {
		return notes.Note{}, notes.ErrNotFound // DynamoDB has no such keys, and takes the question for a mistake
	}
	item, err := s.get(ctx, key(hashed(owner), id))
	if err != nil {
		return notes.Note{}, err
	}
	return noteOf(item), nil
}

// List returns at most limit of the owner's notes with an ID below before. It is
// one query, and another only where a page is larger than DynamoDB's of 1 MB.
func (s *Store) List(ctx context.Context, owner, before string, limit int) ([]notes.Note, error) {
	query := dynamodb.QueryInput{
		TableName:                 &s.table,
		KeyConditionExpression:    aws.String("#owner = :owner"),
		ExpressionAttributeNames:  map[string]string{"#owner": "owner"}, // a reserved word
		ExpressionAttributeValues: item{":owner": text(hashed(owner))},
		ScanIndexForward:          aws.Bool(false),
		ConsistentRead:            aws.Bool(true),
	}
	if before != "" {
		query.ExclusiveStartKey = key(hashed(owner), before)
	}
	var page []notes.Note
	for len(page) < limit {
		query.Limit = aws.Int32(int32(limit - len(page)))
		found, err := s.client.Query(ctx, &query)
		if err != nil {
			return nil, failure(err)
		}
		for _, item := range found.Items {
			page = append(page, noteOf(item))
		}
		if query.ExclusiveStartKey = found.LastEvaluatedKey; query.ExclusiveStartKey == nil {
			break
		}
	}
	return page, nil
}

// errTaken means that another item has the key.
var errTaken = errors.New("dynamostore: the key is taken")

// put keeps an item that is not there yet. The SDK sends a request again when an
// answer is lost, and then finds its own item there, which is not an error.
func (s *Store) put(ctx context.Context, i item) error {
	_, err := s.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           &s.table,
		Item:                i,
		ConditionExpression: aws.String("attribute_not_exists(id)"),
	})
	var taken *types.ConditionalCheckFailedException
	if !errors.As(err, &taken) {
		return failure(err)
	}
	there, err := s.taken(ctx, i)
	if err != nil {
		return err
	}
	for name := range i {
		if name != "expires" && valueOf(there, name) != valueOf(i, name) {
			return errTaken
		}
	}
	return nil
}

// taken returns the item that has i's key. If it is gone by now, as an expired
// idempotency key may be, a client that tries again finds the key free.
func (s *Store) taken(ctx context.Context, i item) (item, error) {
	there, err := s.get(ctx, key(valueOf(i, "owner"), valueOf(i, "id")))
	if errors.Is(err, notes.ErrNotFound) {
		return nil, fmt.Errorf("%w: the item that had the key is gone", notes.ErrUnavailable)
	}
	return there, err
}

func (s *Store) get(ctx context.Context, k item) (item, error) {
	found, err := s.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.table, Key: k, ConsistentRead: aws.Bool(true)})
	switch {
	case err != nil:
		return nil, failure(err)
	case found.Item == nil:
		return nil, notes.ErrNotFound
	}
	return found.Item, nil
}

// marked returns the note that an idempotency key stands for.
func (s *Store) marked(ctx context.Context, mark item) (notes.Note, error) {
	there, err := s.taken(ctx, mark)
	if err != nil {
		return notes.Note{}, err
	}
	n := noteOf(there)
	n.ID = valueOf(there, "note")
	return n, nil
}

// failure marks errors after which a client may try again: throttling, faults of
// DynamoDB's, and time that ran out. Others are mistakes in the deployment.
func failure(err error) error {
	if err == nil {
		return nil
	}
	// The status, because the SDK does not know whose fault most errors are, such as
	// AccessDeniedException.
	var answer interface{ HTTPStatusCode() int }
	var api smithy.APIError
	if errors.As(err, &answer) && answer.HTTPStatusCode()/100 == 4 && errors.As(err, &api) && !throttled[api.ErrorCode()] {
		return fmt.Errorf("dynamostore: %w", err)
	}
	return fmt.Errorf("%w: %w", notes.ErrUnavailable, err)
}

// throttled are client errors that pass: see "Error handling with DynamoDB",
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html.
var throttled = map[string]bool{
	"ProvisionedThroughputExceededException": true,
	"RequestLimitExceeded":                   true,
	"ThrottlingException":                    true,
}

type item = map[string]types.AttributeValue

func noteItem(owner string, n notes.Note) item {
	i := key(hashed(owner), n.ID)
	i["title"], i["content"], i["ownerSub"] = text(n.Title), text(n.Content), text(n.OwnerSub)
	return i
}

// markItem says for which note once stands. Its partition is another than the
// notes', so that it is in no page.
func markItem(owner string, n notes.Note, once string) item {
	i := noteItem(owner, n)
	i["note"] = i["id"]
	i["owner"], i["id"] = text("once:"+hashed(owner)), text(hashed(once))
	i["expires"] = &types.AttributeValueMemberN{Value: strconv.FormatInt(time.Now().Add(onceFor).Unix(), 10)}
	return i
}

func noteOf(i item) notes.Note {
	return notes.Note{ID: valueOf(i, "id"), Title: valueOf(i, "title"), Content: valueOf(i, "content"), OwnerSub: valueOf(i, "ownerSub")}
}

func key(owner, id string) item { return item{"owner": text(owner), "id": text(id)} }

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func valueOf(i item, name string) string {
	s, _ := i[name].(*types.AttributeValueMemberS)
	if s == nil {
		return ""
	}
	return s.Value
}

func hashed(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
