namespace Ansatz;

/// <summary>An optimizer with its budget inside a study.</summary>
/// <typeparam name="T">The type of the open part.</typeparam>
/// <param name="Name">Its name, unique in the study: part of its seeds and of the journal's keys.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Optimizer">How it searches.</param>
/// <param name="Budget">What its search may spend at most.</param>
public sealed record Arm<T>(string Name, ArmRole Role, Optimizer<T> Optimizer, Budget Budget)
{
    /// <summary>The arm of the user's own filling: evaluated on all validation items.</summary>
    public static Arm<T> OfYours() => Fixed("yours", ArmRole.Yours, open => open.Yours);

    /// <summary>An arm that searches nothing: one filling, evaluated on all validation items.</summary>
    public static Arm<T> Fixed(string name, ArmRole role, Func<OpenPart<T>, T> filling) =>
        new(name, role, new FixedFilling<T>(name, filling), Budget.Unlimited);
}
