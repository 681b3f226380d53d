using System.Collections.Immutable;
using System.Linq.Expressions;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;

namespace Ansatz.Sandbox;

/// <summary>A function of the host's that a candidate may call with numbers of its choice, extreme ones included. Immutable.</summary>
/// <remarks>
/// It has to give the same answer to the same arguments, or equal candidates score differently, and it must be safe to call from several threads if
/// candidates run on several. An exception that it throws ends the candidate's call with <see cref="HoleTrap.Helper"/>.
/// </remarks>
public sealed partial class OfferedHelper
{
    private OfferedHelper(string name, Delegate function, int fuel, HoleType result, ImmutableArray<HoleType> parameters)
    {
        (Name, Fuel, Result, Parameters) = (name, fuel, result, parameters);
        Run = Compile(function, parameters, result);
        Type func = Expression.GetFuncType([.. parameters.Append(result).Select(t => t.Clr)]);
        ParameterExpression[] takes = [.. parameters.Select(p => Expression.Parameter(p.Clr))];
        Function = func.IsInstanceOfType(function) ? function : Expression.Lambda(func, Expression.Invoke(Expression.Constant(function), takes), takes).Compile();
    }

    /// <summary>The name by which a candidate calls it.</summary>
    public string Name { get; }

    /// <summary>What a call costs in fuel.</summary>
    public int Fuel { get; }

    /// <summary>What it returns: a number or bool.</summary>
    public HoleType Result { get; }

    /// <summary>What it takes: numbers and bools.</summary>
    public ImmutableArray<HoleType> Parameters { get; }

    /// <summary>The function itself, as a <c>Func</c> of these types.</summary>
    public Delegate Function { get; }

    internal Func<long[], long> Run { get; } // arguments and result as bits

    /// <summary>Offers a function.</summary>
    /// <param name="name">The name by which a candidate calls it.</param>
    /// <param name="function">Takes and returns numbers and bools.</param>
    /// <param name="fuel">What a call costs: about the nanoseconds that it takes.</param>
    /// <exception cref="InputException">A type of the function cannot cross.</exception>
    public static OfferedHelper Of(string name, Delegate function, int fuel = 100)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(function);
        ArgumentOutOfRangeException.ThrowIfNegative(fuel);
        string place = $"The offered helper {name}";
        System.Reflection.MethodInfo invoke = function.GetType().GetMethod("Invoke")!;
        HoleType result = Scalar(invoke.ReturnType);
        return new(name, function, fuel, result, [.. invoke.GetParameters().Select(p => Scalar(p.ParameterType))]);

        HoleType Scalar(Type type) => Crossing(type, place) is { IsArray: false } scalar
            ? scalar
            : throw new InputException($"{place} has {type} in its signature: a candidate's array cannot be handed to a helper. Offer one that takes numbers.");
    }

    internal static HoleType Crossing(Type type, string place) => HoleType.From(type) ?? throw new InputException(
        $"{place} has {type} in its signature, which cannot cross into the sandbox: use bool, int, uint, long, ulong, double, or arrays of those.");

    internal static bool IsName(string name) => Identifier().IsMatch(name) && SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None;

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Identifier();

    private static Func<long[], long> Compile(Delegate function, ImmutableArray<HoleType> parameters, HoleType result)
    {
        // bits => ToBits(function(From(bits[0]), From(bits[1]), ...))
        ParameterExpression bits = Expression.Parameter(typeof(long[]));
        IEnumerable<Expression> arguments = parameters.Select((type, i) => Bits.Typed(type, Expression.ArrayIndex(bits, Expression.Constant(i))));
        Expression call = Expression.Invoke(Expression.Constant(function), arguments);
        return Expression.Lambda<Func<long[], long>>(Bits.Untyped(result, call), bits).Compile();
    }
}
