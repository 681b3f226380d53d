using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using Ansatz.Sandbox;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Ansatz.Programs;

/// <summary>Makes an objective out of a class whose methods are marked: <see cref="OpenAttribute"/>, <see cref="ScoreAttribute"/>, <see cref="InputsAttribute"/>, and as wanted <see cref="RuleAttribute"/> and <see cref="OfferedAttribute"/>.</summary>
public static class MarkedHole
{
    private static readonly JsonSerializerOptions WithFields = new() { IncludeFields = true, NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals }; // a tuple has nothing but fields

    /// <summary>The objective of a class.</summary>
    /// <param name="holder">The class.</param>
    /// <param name="limits">What a candidate may be and may use; see <see cref="ProgramPart"/>.</param>
    /// <param name="rows">A file of inputs, in the place of methods marked <see cref="InputsAttribute"/>; none: those methods.</param>
    /// <param name="sandbox">Where candidates run, if they may be any C#; see <see cref="ProgramPart"/>. None: in the sandbox for holes.</param>
    /// <param name="guard">See <see cref="ProgramObjective.Guard"/>.</param>
    /// <exception cref="InputException">A mark is missing or stands twice, a type cannot cross into the sandbox, the source is not where it was compiled, or the start program does not work.</exception>
    [RequiresDynamicCode("The types of hole and inputs are known only at run time.")]
    [RequiresUnreferencedCode("Marked methods are found by reflection.")]
    public static ProgramObjective Of(Type holder, HoleLimits? limits = null, InputRows? rows = null, ProgramSandbox? sandbox = null, TimeSpan? guard = null)
    {
        ArgumentNullException.ThrowIfNull(holder);
        (MethodInfo hole, OpenAttribute open) = Only<OpenAttribute>(holder);
        (MethodInfo scorer, ScoreAttribute score) = Only<ScoreAttribute>(holder);
        HoleSignature signature = HoleSignature.Of( // first: a scorer that fits a hole whose types cannot cross helps nobody
            hole.Name,
            hole.ReturnType,
            [.. hole.GetParameters().Select(p => p.ParameterType)],
            All<OfferedAttribute>(holder).Select(o => OfferedHelper.Of(o.Method.Name, o.Method.CreateDelegate(DelegateOf(o.Method)), o.Mark.Fuel)));
        ParameterInfo[] takes = scorer.GetParameters();
        Type wanted = Expression.GetDelegateType([.. hole.GetParameters().Select(p => p.ParameterType), hole.ReturnType]);
        if (takes.Length != 2 || !typeof(Delegate).IsAssignableFrom(takes[0].ParameterType) || !SameSignature(takes[0].ParameterType, wanted)
            || (scorer.ReturnType != typeof(double) && scorer.ReturnType != typeof(ProgramScore)))
        {
            throw At(score.File, score.Line, $"{Name(scorer)} is marked [Score], so it has to take the hole as {Shown(wanted)} and one input, and return a double or a ProgramScore.");
        }

        ProgramPart part = new(
            signature,
            HoleText.Of(open.File, open.Line, hole.Name),
            All<RuleAttribute>(holder).Select(r => (r.Mark.Name, HoleText.Of(r.Mark.File, r.Mark.Line, r.Method.Name, hole.Name))),
            open.Purpose,
            limits,
            sandbox);
        return (ProgramObjective)typeof(MarkedHole).GetMethod(nameof(Build), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(takes[0].ParameterType, takes[1].ParameterType)
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, [part, holder, scorer, score, rows, guard], CultureInfo.InvariantCulture)!;
    }

    [RequiresUnreferencedCode("Inputs are told apart by their JSON text.")]
    [RequiresDynamicCode("Inputs are told apart by their JSON text.")]
    private static ProgramObjective<TDelegate, TInput> Build<TDelegate, TInput>(ProgramPart part, Type holder, MethodInfo scorer, ScoreAttribute score, InputRows? rows, TimeSpan? guard)
        where TDelegate : Delegate
    {
        Func<TDelegate, TInput, ProgramScore> run = scorer.ReturnType == typeof(ProgramScore)
            ? scorer.CreateDelegate<Func<TDelegate, TInput, ProgramScore>>()
            : scorer.CreateDelegate<Func<TDelegate, TInput, double>>() is var plain ? (hole, input) => plain(hole, input) : throw new InvalidOperationException();
        if (rows is not null && All<InputsAttribute>(holder).FirstOrDefault().Method is { } marked)
        {
            throw new InputException($"{Name(marked)} is marked [Inputs], but the inputs shall come from {Path.GetFileName(rows.File)}: keep one of them.");
        }

        Inputs<TInput> inputs = rows?.Read<TInput>(scorer.GetParameters()[1], Text) ?? Marked();
        try
        {
            return new ProgramObjective<TDelegate, TInput>(part, inputs, run, score.Version, score.Scale, score.Noun, guard);
        }
        catch (InputException e) when (e.Message.Contains(": the scorer threw ", StringComparison.Ordinal) || e.Message.Contains(": its ", StringComparison.Ordinal) || e.Message.StartsWith(ProgramObjective.Unstable, StringComparison.Ordinal))
        {
            throw At(score.File, score.Line, e.Message, e); // and not the start program
        }

        Inputs<TInput> Marked()
        {
            if (!All<InputsAttribute>(holder).Any())
            {
                throw new InputException($"{holder.Name} has no method marked [Inputs], and no file of inputs is named (\"data\" in a study file): a program has to be scored on something.");
            }

            IReadOnlyList<TInput>[] all = [InputsOf(Split.Train), InputsOf(Split.Validation), InputsOf(Split.Test)];
            try
            {
                return new(all[0], all[1], all[2], Text);
            }
            catch (InputException e) when (Enum.TryParse(e.Message.Split(' ')[0], out Split split) && All<InputsAttribute>(holder).FirstOrDefault(m => m.Mark.Split == split).Mark is { } mark)
            {
                throw At(mark.File, mark.Line, e.Message, e); // it says which split's input it is about
            }
        }

        string Text(TInput input) => JsonSerializer.Serialize(input, WithFields) is var text && (text != "{}" || All<InputsAttribute>(holder).Count() < 2)
            ? text
            : throw new InputException($"{Name(scorer)} takes a {typeof(TInput).Name}, which has no public property or field: inputs could not be told apart.");

        IReadOnlyList<TInput> InputsOf(Split split)
        {
            (MethodInfo Method, InputsAttribute Mark)[] marked = [.. All<InputsAttribute>(holder).Where(m => m.Mark.Split == split)];
            return marked switch
            {
                [] => [],
                [(MethodInfo method, InputsAttribute mark)] when method.GetParameters().Length == 0 && typeof(IEnumerable<TInput>).IsAssignableFrom(method.ReturnType) => Made(method, mark),
                [(MethodInfo method, InputsAttribute mark)] => throw At(mark.File, mark.Line, $"{Name(method)} is marked [Inputs(Split.{split})], so it has to take nothing and return IEnumerable<{typeof(TInput).Name}>, what the scorer takes."),
                _ => throw At(marked[1].Mark.File, marked[1].Mark.Line, $"{holder.Name} has {marked.Length} methods marked [Inputs(Split.{split})]; it needs one."),
            };
        }

        static IReadOnlyList<TInput> Made(MethodInfo method, InputsAttribute mark)
        {
            try
            {
                return [.. (IEnumerable<TInput>)method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, null, null)!];
            }
            catch (Exception e) when (e is not (InputException or OperationCanceledException or FaultException or OutOfMemoryException))
            {
                Exception cause = e is TypeInitializationException { InnerException: { } inner } ? inner : e;
                throw At(mark.File, mark.Line, $"{Name(method)} threw {cause.GetType().Name} while its inputs were made: {cause.Message}", e);
            }
        }
    }

    private static InputException At(string file, int line, string message, Exception? inner = null) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{file}({line}): {message}"), inner!);

    [RequiresUnreferencedCode("Marked methods are found by reflection.")]
    private static (MethodInfo Method, T Mark) Only<T>(Type holder)
        where T : Attribute => All<T>(holder).ToArray() switch
        {
            [var only] => only,
            [] => throw new InputException($"{holder.Name} has no method marked [{Short<T>()}]: it needs one."),
            var several => throw new InputException($"{holder.Name} has {several.Length} methods marked [{Short<T>()}], {string.Join(" and ", several.Select(m => m.Method.Name))}: it needs one."),
        };

    [RequiresUnreferencedCode("Marked methods are found by reflection.")]
    private static IEnumerable<(MethodInfo Method, T Mark)> All<T>(Type holder)
        where T : Attribute
    {
        foreach (MethodInfo method in holder.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly).OrderBy(m => m.MetadataToken))
        {
            if (method.GetCustomAttribute<T>() is { } mark)
            {
                yield return method.IsStatic && !method.IsGenericMethod
                    ? (method, mark)
                    : throw new InputException($"{Name(method)} is marked [{Short<T>()}], so it has to be static and not generic.");
            }
        }
    }

    [RequiresDynamicCode("The type of a helper is known only at run time.")]
    private static Type DelegateOf(MethodInfo method) => Expression.GetDelegateType([.. method.GetParameters().Select(p => p.ParameterType), method.ReturnType]);

    private static bool SameSignature([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type a, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods)] Type b)
    {
        (MethodInfo x, MethodInfo y) = (a.GetMethod("Invoke")!, b.GetMethod("Invoke")!);
        return x.ReturnType == y.ReturnType && x.GetParameters().Select(p => p.ParameterType).SequenceEqual(y.GetParameters().Select(p => p.ParameterType));
    }

    private static string Short<T>() => typeof(T).Name[..^"Attribute".Length];

    private static string Name(MethodInfo method) => $"{method.DeclaringType?.Name}.{method.Name}";

    private static string Shown(Type type) => type.IsGenericType ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(a => a.Name))}>" : type.Name;
}

/// <summary>Takes the text of a marked method out of its file.</summary>
internal static class HoleText
{
    /// <summary>The method whose mark stands on a line, without marks, comments and access.</summary>
    /// <param name="file">The file that it was compiled from.</param>
    /// <param name="line">The line of the mark, from 1.</param>
    /// <param name="name">The method's name.</param>
    /// <param name="becomes">The name that it gets; none: its own.</param>
    /// <exception cref="InputException">There is no such file, or no such method in it.</exception>
    public static string Of(string file, int line, string name, string? becomes = null)
    {
        if (!File.Exists(file))
        {
            throw new InputException($"The body of {name} is read from its source, {file}, and there is no such file. Build it on this machine, without path mapping.");
        }

        SyntaxTree tree = CSharpSyntaxTree.ParseText(File.ReadAllText(file));
        MethodDeclarationSyntax method = tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>().FirstOrDefault(m => m.Identifier.Text == name && m.AttributeLists.Any(a =>
        {
            FileLinePositionSpan span = a.GetLocation().GetLineSpan();
            return span.StartLinePosition.Line < line && line <= span.EndLinePosition.Line + 1;
        })) ?? throw new InputException($"{file}({line}): there is no marked method {name} here. The file has changed since it was compiled: build it again.");
        string text = "static " + CodeMembers.Bare(method.WithAttributeLists([]).WithModifiers([]).DescendantTokens());
        return becomes is null ? text : ProgramReply.Rename(text, name, becomes);
    }
}
