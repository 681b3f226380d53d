using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;

namespace Ansatz.Sandbox;

/// <summary>What a hole takes in one place, as its source writes it: a number, bool or array; a small number, which crosses as an int, or a double; or an enum, a struct or a record of the user's, which crosses as its parts.</summary>
/// <remarks>
/// A candidate can read the parts of such a type by their names, however deep, and nothing else of it: it can make none, keep none, change none. Parts are the public fields and readable properties of types that can cross;
/// others stay behind. An enum is its number, as an int, whatever it is kept in. A byte, sbyte, short or ushort is an int, and a float a double: that loses nothing, and what C# would round to 32 bits, a candidate cannot write.
/// </remarks>
public sealed record HoleArgument
{
    private const int Depth = 4; // of structs in structs

    // Numbers that cross as larger ones.
    private static readonly (Type Clr, string Name, HoleType As)[] s_small =
    [
        (typeof(byte), "byte", HoleType.Int), (typeof(sbyte), "sbyte", HoleType.Int), (typeof(short), "short", HoleType.Int), (typeof(ushort), "ushort", HoleType.Int), (typeof(float), "float", HoleType.Double),
    ];

    private HoleArgument(Type clr, string typeName, ImmutableArray<HoleComponent> components, string declarations) =>
        (Clr, TypeName, Components, Declarations) = (clr, typeName, components, declarations);

    /// <summary>The runtime's type.</summary>
    public Type Clr { get; }

    /// <summary>As the source writes it: "Item".</summary>
    public string TypeName { get; }

    /// <summary>What crosses: itself, or its parts in order.</summary>
    public ImmutableArray<HoleComponent> Components { get; }

    /// <summary>Whether something else crosses in its place: its parts, or a larger number. A candidate reads that, and can make no such argument itself.</summary>
    public bool IsRead => Components is not [{ Path.Length: 0, KeptAs: null }];

    /// <summary>The types of the user's that it takes, itself first; none for a number, bool or array.</summary>
    public IEnumerable<Type> UsersTypes => Components
        .SelectMany(c => c.Members)
        .Select(m => m is FieldInfo f ? f.FieldType : ((PropertyInfo)m).PropertyType)
        .Prepend(Clr)
        .Where(t => HoleType.From(t) is null && !t.IsPrimitive)
        .Distinct();

    /// <summary>The types of the user's that it takes, as C# that a candidate may be shown; empty where there are none.</summary>
    internal string Declarations { get; }

    /// <summary>A number, bool or array.</summary>
    public static HoleArgument Of(HoleType type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return new(type.Clr, type.Name, [new(type, "", KeptAs: null, [])], "");
    }

    /// <summary>An argument of any type that can cross.</summary>
    /// <param name="type">The type.</param>
    /// <param name="place">Whose it is, for the message: "The hole Priority".</param>
    /// <exception cref="InputException">It cannot cross.</exception>
    [RequiresUnreferencedCode("The parts of a type are found by reflection.")]
    public static HoleArgument Of(Type type, string place)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (HoleType.From(type) is { } plain)
        {
            return Of(plain);
        }

        if (Small(type) is { } small)
        {
            return new(type, small.Name, [new(small.As, "", small.Name, [])], "");
        }

        List<string> declarations = [];
        ImmutableArray<HoleComponent> components = IsWhole(type) ? [.. PartsOf(type, "", [], place, declarations)] : [];
        return components.IsEmpty
            ? throw new InputException($"{place} has {type} in its signature, which cannot cross into the sandbox: use numbers (no decimal), bool, arrays of int, uint, long, ulong, double or bool, or an enum, struct or record of these.")
            : new(type, type.Name, components, string.Join('\n', declarations.Distinct()));
    }

    /// <inheritdoc />
    public override string ToString() => IsRead
        ? $"{TypeName} {{ {string.Join("; ", Components.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Type} {c.Of("this")}")))} }}"
        : TypeName;

    // A struct, a record, an enum: what a value means is what its parts are.
    [RequiresUnreferencedCode("The parts of a type are found by reflection.")]
    private static bool IsWhole(Type type) =>
        type.IsEnum ? Type.GetTypeCode(type) is not (TypeCode.Int64 or TypeCode.UInt64 or TypeCode.UInt32)
        : !type.IsGenericType && !type.IsPointer && !type.IsByRefLike && !$"{type.Namespace}.".StartsWith("System.", StringComparison.Ordinal)
            && ((type.IsValueType && !type.IsPrimitive) || type.GetMethod("<Clone>$") is not null);

    private static (string Name, HoleType As)? Small(Type type) => s_small.Where(s => s.Clr == type).Select(s => ((string, HoleType)?)(s.Name, s.As)).FirstOrDefault();

    private static int Generation(Type? type) => type is null ? 0 : 1 + Generation(type.BaseType);

    [RequiresUnreferencedCode("The parts of a type are found by reflection.")]
    private static List<HoleComponent> PartsOf(Type type, string path, ImmutableArray<MemberInfo> members, string place, List<string> declarations)
    {
        if (!Syntax.Names.IsFree(type.Name) || members.Length > Depth)
        {
            throw new InputException($"{place} has {type} in its signature, which {(members.Length > Depth ? "nests too deep" : "has no plain name")}: give it numbers, bools or arrays instead.");
        }

        if (type.IsEnum)
        {
            declarations.Add($"enum {type.Name}{(Small(Enum.GetUnderlyingType(type)) is { } kept ? $" : {kept.Name}" : "")} {{ {string.Join(", ", Enum.GetNames(type).Where(OfferedHelper.IsName).Select(n => string.Create(CultureInfo.InvariantCulture, $"{n} = {Convert.ToInt32(Enum.Parse(type, n), CultureInfo.InvariantCulture)}")))} }}");
            return [new(HoleType.Int, path, type.Name, members)];
        }

        List<HoleComponent> parts = [];
        List<string> fields = [];
        IEnumerable<MemberInfo> own = type.GetMembers(BindingFlags.Public | BindingFlags.Instance)
            .Where(m => m is FieldInfo or PropertyInfo && OfferedHelper.IsName(m.Name))
            .GroupBy(m => m.Name)
            .Select(g => g.MaxBy(m => Generation(m.DeclaringType))!) // what hides, not what is hidden
            .OrderBy(m => Generation(m.DeclaringType))
            .ThenBy(m => m.MetadataToken);
        foreach (MemberInfo member in own)
        {
            Type? its = member switch
            {
                FieldInfo field => field.FieldType,
                PropertyInfo { GetMethod.IsPublic: true } property when property.GetIndexParameters().Length == 0 => property.PropertyType,
                _ => null,
            };
            if (its is not null && HoleType.From(its) is { } plain)
            {
                parts.Add(new(plain, $"{path}.{member.Name}", KeptAs: null, members.Add(member)));
                fields.Add($"{plain} {member.Name}");
            }
            else if (its is not null && Small(its) is { } small)
            {
                parts.Add(new(small.As, $"{path}.{member.Name}", small.Name, members.Add(member)));
                fields.Add($"{small.Name} {member.Name}");
            }
            else if (its is not null && its != type && IsWhole(its) && PartsOf(its, $"{path}.{member.Name}", members.Add(member), place, declarations) is { Count: > 0 } inner)
            {
                parts.AddRange(inner);
                fields.Add($"{its.Name} {member.Name}");
            }
        }

        if (fields.Count > 0)
        {
            declarations.Add($"readonly struct {type.Name} {{ {string.Concat(fields.Select(f => $"public readonly {f}; "))}}}");
        }

        return parts;
    }
}

/// <summary>One thing that crosses: an argument itself, or a part of it.</summary>
/// <param name="Type">What it is in the sandbox.</param>
/// <param name="Path">Where in the argument: ".Weight"; empty for the argument itself.</param>
/// <param name="KeptAs">What it is there, where that is not the same: an enum, or a small number. Then it is read by a cast.</param>
/// <param name="Members">The members that lead to it.</param>
public sealed record HoleComponent(HoleType Type, string Path, string? KeptAs, ImmutableArray<MemberInfo> Members)
{
    /// <summary>The C# that reads it from an argument of this name: "item.Weight", "(int)item.Kind", "(double)x". It is the name of its variable in a candidate's tree.</summary>
    public string Of(string name) => KeptAs is null ? name + Path : $"({Type}){name}{Path}";
}
