namespace Ansatz.Sandbox.Syntax;

/// <summary>The values of a type that a pattern matches, so that patterns which can never match are found as C# finds them.</summary>
/// <param name="Type">The type.</param>
/// <param name="Ranges">Ranges of keys, both ends included, in order, none next to another. Keys are in the order of the values: -0 and 0 have one.</param>
/// <param name="HasNaN">Whether NaN, which has no place in that order, is matched.</param>
internal sealed record ValueSet(HoleType Type, ValueList<(Int128 First, Int128 Last)> Ranges, bool HasNaN)
{
    /// <summary>Whether nothing is in it.</summary>
    public bool IsEmpty => Ranges.Count == 0 && !HasNaN;

    /// <summary>No value.</summary>
    public static ValueSet None(HoleType type) => new(type, [], false);

    /// <summary>The values that a pattern matches.</summary>
    public static ValueSet Of(Pattern pattern, HoleType type)
    {
        (Int128 least, Int128 greatest) = Ends(type);
        return pattern switch
        {
            ConstantPattern { Value: var value } => type == HoleType.Double && double.IsNaN(Bits.ToDouble(value.Bits)) ? new(type, [], true) : Range(Key(value), Key(value)),
            RelationalPattern { Operator: BinaryOperator.Less } relational => Range(least, Key(relational.Value) - 1),
            RelationalPattern { Operator: BinaryOperator.LessOrEqual } relational => Range(least, Key(relational.Value)),
            RelationalPattern { Operator: BinaryOperator.Greater } relational => Range(Key(relational.Value) + 1, greatest),
            RelationalPattern relational => Range(Key(relational.Value), greatest),
            NotPattern negated => Of(negated.Pattern, type).Complement(),
            AndPattern both => Of(both.Left, type).Complement().Union(Of(both.Right, type).Complement()).Complement(),
            OrPattern either => Of(either.Left, type).Union(Of(either.Right, type)),
            _ => None(type).Complement(),
        };

        ValueSet Range(Int128 first, Int128 last) => new(type, first <= last ? [(first, last)] : [], false);
    }

    /// <summary>The values that are in either.</summary>
    public ValueSet Union(ValueSet other)
    {
        List<(Int128 First, Int128 Last)> ranges = [];
        foreach ((Int128 first, Int128 last) in Ranges.Concat(other.Ranges).OrderBy(r => r.First))
        {
            if (ranges.Count > 0 && first <= ranges[^1].Last + 1)
            {
                ranges[^1] = (ranges[^1].First, Int128.Max(last, ranges[^1].Last));
            }
            else
            {
                ranges.Add((first, last));
            }
        }

        return new(Type, [.. ranges], HasNaN || other.HasNaN);
    }

    /// <summary>The values that are not in it.</summary>
    public ValueSet Complement()
    {
        (Int128 next, Int128 greatest) = Ends(Type);
        List<(Int128, Int128)> ranges = [];
        foreach ((Int128 first, Int128 last) in Ranges)
        {
            if (next < first)
            {
                ranges.Add((next, first - 1));
            }

            next = last + 1;
        }

        if (next <= greatest)
        {
            ranges.Add((next, greatest));
        }

        return new(Type, [.. ranges], Type == HoleType.Double && !HasNaN);
    }

    /// <summary>Whether every value of this one is in the other.</summary>
    public bool IsWithin(ValueSet other) => Complement().Union(other).Complement().IsEmpty;

    private static (Int128 Least, Int128 Greatest) Ends(HoleType type) => type.Name switch
    {
        "bool" => (0, 1),
        "int" => (int.MinValue, int.MaxValue),
        "uint" => (0, uint.MaxValue),
        "long" => (long.MinValue, long.MaxValue),
        "ulong" => (0, ulong.MaxValue),
        _ => (Key(Literal.Of(double.NegativeInfinity)), Key(Literal.Of(double.PositiveInfinity))),
    };

    private static Int128 Key(Literal value) =>
        value.Type == HoleType.ULong ? (ulong)value.Bits
        : value.Type == HoleType.Double && value.Bits < 0 ? -(Int128)(value.Bits & long.MaxValue)
        : value.Bits;
}
