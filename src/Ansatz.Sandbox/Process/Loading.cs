using System.Reflection;
using System.Runtime.CompilerServices;

namespace Ansatz.Sandbox;

/// <summary>What a program may use is loaded in the child before the lock: after it no file can be opened.</summary>
internal static class Loading
{
    /// <summary>The assemblies that a program may use. Not with the <see cref="MemberList"/>, which a child that runs one does not need and would take milliseconds to read.</summary>
    public static readonly string[] Assemblies =
        ["System.Private.CoreLib", "System.Runtime", "System.Collections", "System.Linq", "System.Runtime.Numerics", "System.Text.RegularExpressions"];

    /// <summary>Loads assemblies, with all that they use.</summary>
    [MethodImpl(MethodImplOptions.NoOptimization)]
    public static void WithAllTheyUse(IEnumerable<AssemblyName> names)
    {
        HashSet<string> loaded = [];
        Stack<AssemblyName> open = new(names);
        while (open.TryPop(out AssemblyName? name))
        {
            if (loaded.Add(name.Name!))
            {
                foreach (AssemblyName used in Assembly.Load(name).GetReferencedAssemblies())
                {
                    open.Push(used);
                }
            }
        }
    }
}
