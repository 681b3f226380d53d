using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Ansatz.Sandbox;

/// <summary>What a candidate has to be: the method that the host calls, and the host's helpers that it may call. Immutable.</summary>
public sealed class HoleSignature
{
    /// <summary>A hole of this name and these types.</summary>
    /// <param name="name">The method that a candidate has to define.</param>
    /// <param name="result">What it returns: not <see cref="HoleType.Void"/>.</param>
    /// <param name="parameters">What it takes. The candidate names its own parameters.</param>
    /// <param name="offered">The host's helpers, called by their plain names.</param>
    /// <exception cref="InputException">A name is no identifier or is used twice, or the hole returns nothing.</exception>
    public HoleSignature(string name, HoleType result, IEnumerable<HoleType> parameters, IEnumerable<OfferedHelper>? offered = null)
        : this(name, result, [.. (parameters ?? throw new ArgumentNullException(nameof(parameters))).Select(HoleArgument.Of)], offered)
    {
    }

    private HoleSignature(string name, HoleType result, ImmutableArray<HoleArgument> arguments, IEnumerable<OfferedHelper>? offered)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(result);
        (Name, Result, Arguments, Offered) = (name, result, arguments, [.. offered ?? []]);
        Parameters = [.. arguments.SelectMany(a => a.Components).Select(c => c.Type)];
        Declarations = string.Join('\n', arguments.SelectMany(a => a.Declarations.Split('\n', StringSplitOptions.RemoveEmptyEntries)).Distinct());
        if (result == HoleType.Void)
        {
            throw new InputException($"The hole {name} returns nothing: the host could not see what it did. It has to return a number, bool or an array of those.");
        }

        HashSet<string> names = [];
        foreach (string each in Offered.Select(o => o.Name).Prepend(name))
        {
            if (!OfferedHelper.IsName(each) || !names.Add(each))
            {
                throw new InputException($"'{each}' cannot be the name of a hole or of an offered helper: it has to be an ASCII identifier, no word of C#, used once.");
            }
        }

        if (arguments.SelectMany(a => a.UsersTypes).Distinct().GroupBy(t => t.Name).FirstOrDefault(g => g.Count() > 1) is { } two)
        {
            throw new InputException($"The hole {name} takes two types that are both called {two.Key}: a candidate could not tell them apart.");
        }
    }

    /// <summary>The method that a candidate has to define.</summary>
    public string Name { get; }

    /// <summary>What it returns.</summary>
    public HoleType Result { get; }

    /// <summary>What it takes, as its source writes it.</summary>
    public ImmutableArray<HoleArgument> Arguments { get; }

    /// <summary>What crosses into the sandbox: the arguments, each type of the user's as its parts.</summary>
    public ImmutableArray<HoleType> Parameters { get; }

    /// <summary>The types of the user's that it takes, as C# that a candidate may be shown; empty where there are none.</summary>
    public string Declarations { get; }

    /// <summary>The host's helpers that a candidate may call.</summary>
    public ImmutableArray<OfferedHelper> Offered { get; }

    /// <summary>The hole that a delegate type describes.</summary>
    /// <exception cref="InputException">A type of the delegate cannot cross.</exception>
    public static HoleSignature Of<TDelegate>(string name, params IEnumerable<OfferedHelper> offered)
        where TDelegate : Delegate
    {
        MethodInfo invoke = typeof(TDelegate).GetMethod("Invoke")!;
        return Of(name, invoke.ReturnType, [.. invoke.GetParameters().Select(p => p.ParameterType)], offered);
    }

    /// <summary>The hole of these types of the runtime.</summary>
    /// <exception cref="InputException">A type cannot cross.</exception>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "A type that a delegate takes, and whose parts a candidate reads, is kept by whoever makes its values.")]
    public static HoleSignature Of(string name, Type result, IReadOnlyList<Type> parameters, IEnumerable<OfferedHelper>? offered = null)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        string place = $"The hole {name}";
        return new(name, OfferedHelper.Crossing(result, place), [.. parameters.Select(p => HoleArgument.Of(p, place))], offered);
    }

    /// <inheritdoc />
    public override string ToString() => $"{Result} {Name}({string.Join(", ", Arguments.Select(a => a.TypeName))})";

    /// <summary>The parameters of a method of this hole, by the names that its source gives its arguments.</summary>
    internal IEnumerable<Syntax.Parameter> ParametersOf(IReadOnlyList<string> names) => Arguments.SelectMany((argument, i) => argument.Components.Select(component =>
        new Syntax.Parameter(component.Type, component.Of(names[i]), argument.IsRead ? new(argument.TypeName, names[i]) : null)));
}
