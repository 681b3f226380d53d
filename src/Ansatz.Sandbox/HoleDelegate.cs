using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;

namespace Ansatz.Sandbox;

/// <summary>Makes a delegate that calls a run, of the module or of the interpreter: its code is compiled once a type of delegate.</summary>
/// <typeparam name="TRun">The kind of run: it has Begin, Put, Run and Take.</typeparam>
/// <typeparam name="TDelegate">The type of delegate.</typeparam>
internal static class HoleDelegate<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.NonPublicMethods)] TRun, TDelegate>
    where TDelegate : Delegate
{
    private static readonly HoleSignature Shape = HoleSignature.Of<TDelegate>("Hole");
    private static readonly Func<TRun, TDelegate> Create = Compile();

    public static TDelegate Of(TRun run, HoleSignature signature) =>
        Shape.Result == signature.Result && Shape.Arguments.Select(a => a.Clr).SequenceEqual(signature.Arguments.Select(a => a.Clr))
            ? Create(run)
            : throw new InputException($"The hole is {signature}: {typeof(TDelegate)} does not fit.");

    // instance => (p0, p1, ...) => { instance.Begin(); instance.Put(0, p0); ...; instance.Run(); return instance.Take...(); }
    private static Func<TRun, TDelegate> Compile()
    {
        ParameterExpression instance = Expression.Parameter(typeof(TRun));
        ParameterExpression[] parameters = [.. Shape.Arguments.Select(a => Expression.Parameter(a.Clr))];
        Expression[] parts = [.. Shape.Arguments.Zip(parameters, (argument, parameter) => argument.Components.Select(c => Read(c, parameter))).SelectMany(p => p)];
        MethodCallExpression Call(string name, params Expression[] arguments) => Expression.Call(
            instance, typeof(TRun).GetMethod(name, BindingFlags.Instance | BindingFlags.NonPublic, [.. arguments.Select(a => a.Type)])!, arguments);

        IEnumerable<Expression> puts = parts.Select((p, i) => Call("Put", Expression.Constant(i), p.Type.IsArray ? Expression.Convert(p, typeof(Array)) : p));
        Expression result = Shape.Result.IsArray ? Expression.Convert(Call("TakeArray"), Shape.Result.Clr)
            : Shape.Result == HoleType.Double ? Call("TakeDouble")
            : Bits.Typed(Shape.Result, Call("TakeBits"));
        LambdaExpression inner = Expression.Lambda<TDelegate>(Expression.Block([Call("Begin"), .. puts, Call("Run"), result]), parameters);
        return Expression.Lambda<Func<TRun, TDelegate>>(inner, instance).Compile();
    }

    // The part of an argument that crosses.
    private static Expression Read(HoleComponent component, Expression argument)
    {
        Expression part = component.Members.Aggregate(argument, Expression.MakeMemberAccess);
        return component.KeptAs is null ? part : Expression.Convert(part, component.Type.Clr);
    }
}
