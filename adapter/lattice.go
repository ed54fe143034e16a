package adapter

import (
	"bytes"

	"github.com/gatehouse-go/gatehouse/internal/scan"
)

// latticeV1 and latticeV2 read events of a VPC Lattice Lambda target group.
//
// Whether the path comes encoded, and whether it brings the query along, is
// unconfirmed. A path is taken as encoded, so that one that is not comes to no
// harm unless it holds a "%"; a query in it is taken before the map, which would
// hold the same again. The map's values are taken as decoded and so can never
// grow into parameters of their own. Lattice is not known to set
// X-Forwarded-Proto, nor to append to X-Forwarded-For, so that these are not
// believed: Request.TLS stays nil and RemoteAddr empty.
//
// https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html
func (f *fields) latticeV1() source { return f.lattice(f.snakePath) }

func (f *fields) latticeV2() source { return f.lattice(f.path) }

func (f *fields) lattice(path scan.Text) source {
	s := source{method: f.method, path: path, query: decodedMaps, schemeless: true}
	if i := bytes.IndexByte(path.Raw(f.data), '?'); i >= 0 {
		s.query = rawQuery
		s.path, s.rawQuery = path.Cut(f.data, i)
	}
	return s
}
