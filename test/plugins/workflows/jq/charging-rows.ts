// What each function touches when its input is large, for charging.unit.test.ts. A new function needs a row.

export const inputs = {
  text: (n: number) => 'a'.repeat(n),
  blank: (n: number) => ' '.repeat(n),
  digits: (n: number) => '1'.repeat(n),
  json: (n: number) => `[${'"a",'.repeat(n / 4)}1]`,
  looseJson: (n: number) => `[nan,${'"a",'.repeat(n / 4)}1]`,
  brokenJson: (n: number) => `"${'\\"'.repeat(n / 2)}`,
  base64: (n: number) => 'QUFB'.repeat(n / 4),
  base32: (n: number) => 'IFAUCQKB'.repeat(n / 8),
  numbers: (n: number) => Array.from({ length: n }, (_, i) => (i * 7919) % n),
  equals: (n: number) => Array.from({ length: n }, () => 1),
  points: (n: number) => Array.from({ length: n }, () => 97),
  words: (n: number) => Array.from({ length: n / 16 }, () => 'abcdefghijklmnop'),
  longWords: (n: number) => ['a'.repeat(n), 'a'.repeat(n)],
  lists: (n: number) => Array.from({ length: n / 4 }, () => [1, 2, 3]),
  object: (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, i])),
  entries: (n: number) => Array.from({ length: n }, (_, i) => ({ key: `k${i}`, value: i })),
  flags: (n: number) => Array.from({ length: n }, () => false),
  path: (n: number) => Array.from({ length: n / 16 }, () => 'a'),
  size: (n: number) => n,
};

/**
 * Each line: a kind of input, then programs that touch all of it; `none` for those that do not touch it in proportion to
 * its size. `$same` is an equal value.
 */
const TABLE = String.raw`
none       empty type not toarray infinite nan isinfinite isnan isnormal isfinite values nulls booleans numbers finites
none       normals strings arrays objects iterables scalars error halt halt_error debug stderr input inputs first last
none       input_filename input_line_number env have_literal_numbers have_decnum get_search_list modulemeta ascii
none       floor ceil round trunc rint nearbyint sqrt cbrt fabs exp exp2 exp10 pow10 expm1 log log2 log10 log1p sin cos
none       tan asin acos atan sinh cosh tanh asinh acosh atanh significand logb gamma lgamma tgamma erf erfc j0 j1 y0 y1
none       frexp modf lgamma_r abs now gmtime localtime get_jq_origin get_prog_origin toboolean builtins mktime timegm
none       pow(1;2) atan2(1;2) hypot(1;2) fmod(1;2) fmin(1;2) fmax(1;2) fdim(1;2) copysign(1;2) drem(1;2) remainder(1;2)
none       ldexp(1;2) scalb(1;2) scalbln(1;2) nextafter(1;2) nexttoward(1;2) fma(1;2;3) todate todateiso8601 date
none       dateadd("s";1) datesub("s";1) nth(0) error(.) halt_error(5) debug(.) bsearch(5) has(5) in([]) has("a")
text       length utf8bytelength tojson fromjson tonumber split("b") split("") ascii_downcase ascii_upcase explode reverse
text       ltrimstr($same) rtrimstr($same) trimstr($same) startswith($same) endswith($same) contains("b") indices("b")
text       contains($same) inside($same) indices("a") _strindices("a") index("b") rindex("b") test("b") test("b";"i") match("b") match("b";"")
text       capture("b") capture("b";"") scan("b") scan("b";"i") split("b";"g") splits("b") splits("b";"g") sub("b";"")
text       sub("b";"";"g") gsub("b";"") gsub("b";"";"i") gsub("a";"") 1|strflocaltime($same) strptime("%Y")
text       format("uri") format("html") format("json") @uri @html @sh @base64 @base32 @urid @json @base64d @base32d
text       [.]|@csv [.]|@tsv [.]|@sh .==$same .<$same .+$same .*2 ./"b" ./"" .[1:2] .[:-1] "\(.)\(.)" 1|strftime($same)
text       [.,$same]|sort [.,$same]|unique [.,$same]|min [.,$same]|join("") [.,$same]|add [.]==[$same] [.]|tostring
text       {a:.}=={a:$same} [.]|inside([$same]) [.]|index([$same]) [.]|tojson [.]|contains([$same]) [.]-[$same]
text       @text"\([.])" @html"\(.)" {(.):1}|tojson fromdate fromdateiso8601 dateiso8601
text       test("^a*b") test("^(a|b)*c") test("^[^b]+b") test("(?i)B") test("^a+?b") test("^(?<x>a)+b") test("^(?=a*b)c|b")
text       test("(?<!b)b") test("^(a)\\1*b") test("^(?:aa?)*$") test("^(?>a+)b") test("^a*";"l") test(".b") test("[ab]$")
blank      trim ltrim rtrim
digits     tonumber
json       fromjson
looseJson  fromjson
brokenJson fromjson
base64     @base64d
base32     @base32d
numbers    tojson tostring keys keys_unsorted add add(.[]) map(.) map_values(.) to_entries flatten flatten(1) reverse
numbers    sort sort_by(.) group_by(.) unique unique_by(.) min max min_by(.) max_by(.) GROUP_BY(.) UNIQUE_BY(.)
numbers    tostream path(.[]) paths paths(true) leaf_paths del(.[]) recurse recurse(.[]?) recurse(.[]?;true) walk(.)
numbers    indices(0) index(0) rindex(0) indices([0]) any(.<0) all(.>=0) any(.[];.<0) all(.[];.>=0) join(",") with_entries(.)
numbers    implode setpath([0];1) delpaths([[0]]) limit(1e9;.[]) skip(1;.[]) nth(1e9;.[]) select(.[]==-1)
numbers    last(.[]) first(.[]|select(.<0)) isempty(.[]|select(.<0)) fromstream(tostream)
numbers    fromstream(1|truncate_stream($same|tostream)) INDEX(.) INDEX(.[];.) IN($same[]) IN(.[];-1) combinations(1)
numbers    JOIN({};tostring) JOIN({};.[];tostring) JOIN({};.[];tostring;.) [.]|combinations [.]|transpose .==$same .<$same
numbers    .+$same .-[5] .[1:] .[1:]=[] .[0]=1 .[0]|=5 .[]+=1 contains($same[-1:]) @csv @tsv @sh @json
numbers    format("csv") {a:.}|.a[0]=1 [.[]] [..] reduce(.[])as$x(0;.+$x) foreach(.[])as$x(0;.+$x) isvalid(.[]) debug(.[])
numbers    label$x|.[] [.[]?] pick(.[]) error(.[]|empty) path(..) map(getpath([]))
flags      any map(not)|all
points     implode
equals     unique group_by(.) sort
words      join("") join(",") add tojson sort unique group_by(.) @csv @tsv @sh map(length) min_by(.) max_by(.)
longWords  sort min max unique .[0]==.[1] .[0]<.[1] add join("") tojson contains([.[0]])
lists      flatten transpose sort unique tojson tostream paths del(.[][0]) .[][0]=1 [.[][0]] walk(.)
object     keys keys_unsorted length add map(.) map_values(.) to_entries with_entries(.) tojson .a=1 del(.k0)
object     delpaths([["k0"]]) setpath(["k0"];1) path(..) [.[]] .+{a:1} .*{a:1} .==$same .<$same tostream any(.<0) all(.>=0)
object     flatten .+$same .*$same walk(.) paths [..] {a:.}|.a.k0=1 @json recurse del(.[])
entries    from_entries tojson INDEX(.key) group_by(.key) map(.key)
path       null|setpath($same;1) null|setpath($same;1)|paths null|setpath($same;1)|tostream null|setpath($same;1)|tojson
path       null|setpath($same;1)|getpath($same) null|setpath($same;1)|delpaths([$same]) null|setpath($same;1)|.==1
size       range(.) range(0;.) range(0;.;1) "x"*. limit(.;repeat(1)) until(.<=0;.-1) while(.>0;.-1) [limit(.;repeat(1))]
size       [range(.)]|length [limit(.;1|recurse(.))] first(range(.)|select(.<0))
`;

export interface Row {
  kind: keyof typeof inputs | 'none';
  program: string;
}

export const rows: Row[] = TABLE.split('\n').flatMap((line) => {
  const [kind, ...programs] = line.trim().split(/\s+/);
  return programs.map((program) => ({ kind: kind as Row['kind'], program: program.replaceAll('as$x', ' as $x ') }));
});
