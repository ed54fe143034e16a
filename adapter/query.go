package adapter

// query writes the query with its "?", if there is one.
func (s *scratch) query(at *layout, src source) {
	mark := len(s.arena)
	s.arena = append(s.arena, '?')
	if src.query == rawQuery {
		s.verbatim(src.rawQuery.Bytes(s.fields.data))
	} else {
		s.parameters(src.query)
	}
	at.query = s.since(mark + 1)
	if at.query.start == at.query.end {
		s.arena, at.query = s.arena[:mark], span{}
	}
}

// parameters writes the maps, in the order of the event. Where there are both,
// the lists win, name by name.
func (s *scratch) parameters(form queryForm) {
	f, start := &s.fields, len(s.arena)
	for _, p := range f.multiQuery {
		s.parameter(p, form, start)
	}
	known := names{list: f.multiQuery, data: f.data}
	for _, p := range f.query {
		if !known.has(p.name) {
			s.parameter(p, form, start)
		}
	}
}

// parameter writes one; start is where the query began.
func (s *scratch) parameter(p pair, form queryForm, start int) {
	if len(s.arena) > start {
		s.arena = append(s.arena, '&')
	}
	name, value := p.name.Bytes(s.fields.data), p.value.Bytes(s.fields.data)
	if form == rawMaps {
		s.unparsed(name)
		s.arena = append(s.arena, '=')
		s.unparsed(value)
		return
	}
	s.escape(name)
	s.arena = append(s.arena, '=')
	s.escape(value)
}

// verbatim writes a query as the client sent it, but for what cannot have stood
// in a request line.
func (s *scratch) verbatim(raw []byte) {
	for _, c := range raw {
		if c <= ' ' || c == 0x7f {
			s.percent(c)
		} else {
			s.arena = append(s.arena, c)
		}
	}
}

// unparsed writes a name or value that has not been decoded, so that it stays
// one. A "%" that starts no escape stands for itself.
func (s *scratch) unparsed(raw []byte) {
	for i, c := range raw {
		if c <= ' ' || c == 0x7f || c == '&' || c == '%' && !isEscape(raw[i:]) {
			s.percent(c)
		} else {
			s.arena = append(s.arena, c)
		}
	}
}

var isQueryByte = byteSet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")

// escape does as url.QueryEscape.
func (s *scratch) escape(text []byte) {
	for _, c := range text {
		switch {
		case isQueryByte[c]:
			s.arena = append(s.arena, c)
		case c == ' ':
			s.arena = append(s.arena, '+')
		default:
			s.percent(c)
		}
	}
}
